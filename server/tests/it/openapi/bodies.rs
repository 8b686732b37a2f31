//! Every field of every body that the document describes, with values of all other types.

use holdline_shared::ProblemCode;
use serde_json::{Value, json};

use super::document::{Document, is_of_type};
use super::example_of;
use crate::people::admin;
use crate::support::{Reply, Server};

#[tokio::test]
async fn field_of_another_type_is_refused_in_every_body() {
    let server = Server::start().await;
    let document = Document::of(&server).await;
    // Operations for admins refuse others before they read the body.
    let ada = admin(&server).await;
    ada.says("hello").await;
    let body = json!({ "way": "incoming", "name": "CI" });
    let hook: Value = ada.post("/api/v1/rooms/lobby/hooks", &body).await.expect(201).json();
    let mut count = 0;
    for operation in document.operations() {
        let schema = &operation.described["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            continue;
        }
        let path = example_of(operation.path).replace("/hooks/x", hook["url"].as_str().unwrap());
        let method: reqwest::Method = operation.method.parse().unwrap();
        let sample = sample(&document, schema);
        for Field { pointer, types, is_optional } in fields(&document, schema, "") {
            // The rule for all bodies: a field that may be absent may be null.
            assert_eq!(is_of_type(&json!(null), &types), is_optional, "{method} {path} {pointer}");
            if is_optional {
                let mut body = sample.clone();
                *body.pointer_mut(&pointer).unwrap() = json!(null);
                let reply = ada.request(method.clone(), &path).json(&body).send().await.unwrap();
                let text = Reply::from(reply).await.text().to_owned();
                assert!(!text.contains("invalid type: null"), "{method} {path} {body}: {text}");
            }
            for wrong in
                [json!(null), json!(7), json!(1.5), json!(true), json!("x"), json!(["x"]), json!({ "x": 1 })]
            {
                if is_of_type(&wrong, &types) {
                    continue;
                }
                let mut body = sample.clone();
                *body.pointer_mut(&pointer).unwrap() = wrong;
                let reply = ada.request(method.clone(), &path).json(&body).send().await.unwrap();
                let reply = Reply::from(reply).await;
                assert_eq!(reply.status, 400, "{method} {path} {body}: {}", reply.text());
                assert_eq!(reply.problem(), ProblemCode::InvalidBody, "{method} {path} {body}");
                count += 1;
            }
        }
    }
    assert!(count >= 30, "only {count} bodies were tried");
}

/// A body with every field.
fn sample(document: &Document, schema: &Value) -> Value {
    let schema = document.resolve(schema);
    let not_null = |parts: &Vec<Value>| parts.iter().find(|part| part["type"] != "null").cloned();
    if let Some(part) = schema["oneOf"].as_array().and_then(not_null) {
        return sample(document, &part);
    }
    let kinds = schema["type"].as_array().and_then(|kinds| kinds.iter().find(|kind| **kind != "null"));
    match kinds.unwrap_or(&schema["type"]).as_str() {
        Some("string") if schema["format"] == "uuid" => json!("7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f"),
        Some("string") => schema["enum"].get(0).cloned().unwrap_or(json!("x")),
        Some("integer" | "number") => json!(2),
        Some("boolean") => json!(true),
        Some("array") => json!([sample(document, &schema["items"])]),
        _ => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            fields.map(|(name, field)| (name.clone(), sample(document, field))).collect()
        }
    }
}

/// A field of a body.
struct Field {
    pointer: String,
    types: Value,
    /// Whether it may be absent.
    is_optional: bool,
}

/// The fields of a schema, also those of the objects in it.
fn fields(document: &Document, schema: &Value, at: &str) -> Vec<Field> {
    let schema = document.resolve(schema);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let is_optional = !required.contains(&json!(name));
        let at = format!("{at}/{name}");
        let alternatives = field["oneOf"].as_array().cloned().unwrap_or_else(|| vec![field.clone()]);
        let mut types = Vec::new();
        for one in &alternatives {
            let one = document.resolve(one);
            types.extend(one["type"].as_array().cloned().unwrap_or_else(|| vec![one["type"].clone()]));
            found.extend(fields(document, one, &at));
        }
        found.push(Field { pointer: at, types: types.into(), is_optional });
    }
    found
}
