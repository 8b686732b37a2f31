//! `GET /api/openapi.json`: the table of routes with the descriptions of its operations, as an OpenAPI document. Adds what
//! follows from a route: its parameters, and the problems that every operation of its shape may have.

use std::collections::{BTreeMap, BTreeSet};

use holdline_shared::{Problem, ProblemCode};
use serde_json::{Map, Value, json};
use utoipa::ToSchema as _;
use utoipa::openapi::{RefOr, Schema};

use crate::api::{Audience, Description, MakeSchema, Media, PATH_PARAMETERS, Parameter, Schemas};

/// An operation of the table.
pub(super) struct Listed {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) description: Description,
}

/// The description of the document in itself.
pub(super) const OPENAPI: Description = Description::new("This document").answers::<Value>(200);

/// Makes the document.
pub(super) fn document(operations: &[Listed]) -> Value {
    let mut schemas = Schemas::new();
    Problem::schemas(&mut schemas);
    schemas.push((Problem::name().into_owned(), <Problem as utoipa::PartialSchema>::schema()));
    let mut paths = BTreeMap::<&str, BTreeMap<String, Value>>::new();
    for operation in operations {
        let described = describe(operation, &mut schemas);
        paths.entry(operation.path).or_default().insert(operation.method.to_ascii_lowercase(), described);
    }
    // Schemas are made of strings and numbers; encoding them cannot fail.
    let mut schemas =
        serde_json::to_value(schemas.into_iter().collect::<BTreeMap<_, _>>()).unwrap_or_default();
    if let Some(kinds) = schemas.pointer_mut("/EntryKind/oneOf").and_then(Value::as_array_mut) {
        kinds.retain(is_sent);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Holdline",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A chat over long polling. PROTOCOL.md says what clients do with these answers.",
            "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
        },
        // Relative to the document, so that it is right under every prefix.
        "servers": [{ "url": ".." }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "holdline_session",
                    "description": "The name depends on port, path and encryption; browsers send what they have",
                },
            },
        },
    })
}

/// Whether a client may be sent entries of this kind: not those of the log's own room, and those that this version does not
/// know are none of its own.
fn is_sent(kind: &Value) -> bool {
    let text = kind.to_string();
    !["access", "unknown"].iter().any(|name| text.contains(&format!("\"enum\":[\"{name}\"]")))
}

fn describe(operation: &Listed, schemas: &mut Schemas) -> Value {
    let Listed { method, path, description } = operation;
    let names: Vec<&str> = parameters_of(path).collect();
    let known = PATH_PARAMETERS.iter().map(|(parameter, _)| parameter);
    let in_path = names.iter().map(|name| {
        let found = known.clone().find(|known| known.name == *name);
        found.map_or_else(
            || json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }),
            |found| parameter("path", found, schemas),
        )
    });
    let mut parameters: Vec<Value> = in_path.collect();
    parameters.extend(description.query.iter().map(|found| parameter("query", found, schemas)));
    let words = path.split(['/', '{', '}']).filter(|word| !["", "api", "v1"].contains(word));
    let id = words.fold(method.to_ascii_lowercase(), |id, word| format!("{id}_{word}"));
    let mut described = Map::new();
    described.insert("operationId".to_owned(), id.into());
    described.insert("summary".to_owned(), description.summary.into());
    described.insert("parameters".to_owned(), parameters.into());
    described.insert("responses".to_owned(), responses(operation, schemas).into());
    let mut bodies = Map::new();
    for media in description.requests.into_iter().flatten() {
        bodies.insert(media.media_type.to_owned(), content(media, schemas));
    }
    if !bodies.is_empty() {
        let body = json!({ "required": is_body_needed(schemas), "content": bodies });
        described.insert("requestBody".to_owned(), body);
    }
    let sessions = [json!({ "token": [] }), json!({ "cookie": [] })];
    let security = match description.audience {
        Audience::Anybody => Vec::new(),
        Audience::Strangers | Audience::Readers => [&[json!({})][..], &sessions].concat(),
        Audience::People => sessions.into(),
    };
    described.insert("security".to_owned(), security.into());
    described.into()
}

fn parameter(place: &str, parameter: &Parameter, schemas: &mut Schemas) -> Value {
    json!({
        "name": parameter.name,
        "in": place,
        "required": parameter.is_required,
        "description": parameter.meaning,
        "schema": schema(parameter.schema, schemas),
    })
}

fn content(media: Media, schemas: &mut Schemas) -> Value {
    json!({ "schema": schema(media.schema, schemas) })
}

/// Whether the body whose schema was added last must be sent: none stands for an object without fields.
fn is_body_needed(schemas: &Schemas) -> bool {
    let body = schemas.last().map(|(_, schema)| schema);
    !matches!(body, Some(RefOr::T(Schema::Object(object))) if object.required.is_empty() && !object.properties.is_empty())
}

/// A schema is made of strings and numbers; encoding it cannot fail.
fn schema(make: MakeSchema, schemas: &mut Schemas) -> Value {
    serde_json::to_value(make(schemas)).unwrap_or_default()
}

/// The answers of an operation by status: its own, and one for each status of a problem, which names the codes.
fn responses(operation: &Listed, schemas: &mut Schemas) -> Map<String, Value> {
    let mut responses = Map::new();
    for answer in operation.description.answers.iter().flatten() {
        let mut response = json!({ "description": "Done" });
        if let Some(media) = answer.media {
            response["content"] = json!({ media.media_type: content(media, schemas) });
        }
        responses.insert(answer.status.to_string(), response);
    }
    let mut codes = BTreeMap::<u16, BTreeSet<&str>>::new();
    for code in problems(operation) {
        codes.entry(code.status()).or_default().insert(code.as_str());
    }
    for (status, codes) in codes {
        let named = json!({ "type": "object", "properties": { "code": { "enum": codes } } });
        let problem = json!({ "allOf": [{ "$ref": "#/components/schemas/Problem" }, named] });
        let description = codes.iter().copied().collect::<Vec<_>>().join(", ");
        let mut content = json!({ "application/problem+json": { "schema": problem } });
        if let Some(text) = operation.description.problem_text {
            content[text] = json!({ "schema": { "type": "string" } });
        }
        responses.insert(status.to_string(), json!({ "description": description, "content": content }));
    }
    responses
}

/// The problems that an operation may have: its own, and those of its shape.
fn problems(operation: &Listed) -> Vec<ProblemCode> {
    use ProblemCode::{
        Banned, BodyTooLarge, CrossSite, Internal, InvalidBody, InvalidJson, InvalidParameter,
        InvalidRequest, LogUnavailable, NotAllowed, Overloaded, RequestTimeout, SessionInvalid,
        SessionRequired, ShuttingDown, StorageFull, UnknownHost, UnsupportedMediaType,
    };
    let Listed { method, path, description } = operation;
    let is_reading = *method == "GET";
    let parameters =
        PATH_PARAMETERS.iter().filter(|(known, _)| parameters_of(path).any(|name| name == known.name));
    let shapes: [(bool, &[ProblemCode]); 8] = [
        (true, &[InvalidRequest, UnknownHost, Internal, Overloaded]),
        (path.starts_with("/api/v1/"), &[InvalidParameter]),
        (!is_reading, &[CrossSite]),
        (
            description.requests[0].is_some(),
            &[UnsupportedMediaType, BodyTooLarge, RequestTimeout, InvalidParameter],
        ),
        (
            description.requests[0].is_some_and(|media| media.media_type == "application/json"),
            &[InvalidJson, InvalidBody],
        ),
        (
            matches!(description.audience, Audience::Readers | Audience::People),
            &[SessionRequired, SessionInvalid, Banned, NotAllowed, LogUnavailable, ShuttingDown],
        ),
        (description.audience == Audience::Strangers, &[Banned, LogUnavailable, ShuttingDown, StorageFull]),
        (description.audience == Audience::People && !is_reading, &[StorageFull]),
    ];
    let of_shape = shapes.iter().filter(|(has_shape, _)| *has_shape).flat_map(|(_, codes)| codes.iter());
    let all = of_shape.chain(parameters.flat_map(|(_, codes)| codes.iter())).chain(description.problems);
    all.copied().collect()
}

/// The names of a path's parameters.
fn parameters_of(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}
