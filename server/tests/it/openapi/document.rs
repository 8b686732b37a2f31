//! The document as the tests read it: its operations, and whether an answer is as it says.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Reply, Server};

/// The document of a server.
pub(crate) struct Document(Value);

/// An operation of the document.
pub(crate) struct Operation<'a> {
    /// The method, in upper case.
    pub(crate) method: String,
    pub(crate) path: &'a str,
    pub(crate) described: &'a Value,
}

impl Document {
    pub(crate) async fn of(server: &Server) -> Self {
        let reply = server.visitor().get("/api/openapi.json").await.expect(200);
        assert_eq!(reply.header("content-type"), "application/json");
        Self(reply.json())
    }

    pub(crate) fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = self.0["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods.iter().map(move |(method, described)| Operation {
                method: method.to_ascii_uppercase(),
                path,
                described,
            })
        })
    }

    /// The operation of a request; a literal path takes precedence over one with parameters.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let path = path.split('?').next().unwrap_or_default();
        let matching = self.operations().filter(|found| found.method == method && matches(found.path, path));
        matching.min_by_key(|found| found.path.matches('{').count())
    }

    pub(crate) fn schemas(&self) -> &Value {
        &self.0["components"]["schemas"]
    }

    /// Follows a reference.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let Some(reference) = schema["$ref"].as_str() else { return schema };
        self.0
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    /// Whether an operation is described as giving this answer: its status, its media type and its body.
    pub(crate) fn check_reply(&self, method: &str, path: &str, reply: &Reply) -> Result<(), String> {
        let operation = self.operation(method, path).ok_or("the operation is not in the document")?;
        let response = &operation.described["responses"][reply.status.to_string()];
        if !response.is_object() {
            return Err(format!("{} is not described", reply.status));
        }
        // The classic routes say their problems in plain text.
        if reply.body.is_empty() || (reply.status >= 400 && reply.header("content-type").starts_with("text/"))
        {
            return Ok(());
        }
        let kind = reply.header("content-type");
        let content = response["content"].get(kind).ok_or_else(|| format!("{kind:?} is not described"))?;
        match serde_json::from_slice(&reply.body) {
            Ok(json) => self.check(&json, &content["schema"], ""),
            Err(_) => Ok(()),
        }
    }

    /// Whether a value is as a schema says, and has no field that the schema does not have.
    fn check(&self, value: &Value, schema: &Value, at: &str) -> Result<(), String> {
        self.conforms(value, schema, at)?;
        let Some(fields) = value.as_object() else { return Ok(()) };
        let mut known = BTreeSet::new();
        let is_open = self.collect_fields(schema, &mut known);
        let unknown = fields.keys().find(|field| !is_open && !known.contains(field.as_str()));
        unknown.map_or(Ok(()), |field| Err(format!("{at}/{field} is not described")))
    }

    fn conforms(&self, value: &Value, schema: &Value, at: &str) -> Result<(), String> {
        let schema = self.resolve(schema);
        let parts = |name: &str| schema[name].as_array().map(Vec::as_slice).unwrap_or_default();
        parts("allOf").iter().try_for_each(|part| self.conforms(value, part, at))?;
        for alternatives in [parts("oneOf"), parts("anyOf")] {
            let mut results = alternatives.iter().map(|part| self.conforms(value, part, at));
            if !alternatives.is_empty() && !results.any(|result| result.is_ok()) {
                return Err(format!("{at} is none of the alternatives: {value}"));
            }
        }
        if let Some(values) = schema["enum"].as_array()
            && !values.contains(value)
        {
            return Err(format!("{at} is {value}, which is not listed"));
        }
        if !schema["type"].is_null() && !is_of_type(value, &schema["type"]) {
            return Err(format!("{at} is {value}, not {}", schema["type"]));
        }
        for name in parts("required").iter().filter_map(Value::as_str) {
            if value.is_object() && value.get(name).is_none() {
                return Err(format!("{at}/{name} is missing"));
            }
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            let field = schema["properties"].get(name);
            if let Some(field) = field.or(schema.get("additionalProperties").filter(|more| more.is_object()))
            {
                self.check(value, field, &format!("{at}/{name}"))?;
            }
        }
        for (number, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(item, &schema["items"], &format!("{at}/{number}"))?;
        }
        Ok(())
    }

    /// Collects the fields that a schema names; tells whether it takes others.
    fn collect_fields<'a>(&'a self, schema: &'a Value, fields: &mut BTreeSet<&'a str>) -> bool {
        let schema = self.resolve(schema);
        fields.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()));
        let parts = ["allOf", "oneOf", "anyOf"]
            .iter()
            .flat_map(|name| schema[*name].as_array().into_iter().flatten());
        let mut is_open = schema.get("additionalProperties").is_some_and(Value::is_object);
        for part in parts {
            is_open |= self.collect_fields(part, fields);
        }
        is_open
    }
}

/// Whether `path` is an example of `template`.
fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let mut both = template.iter().zip(&path);
    template.len() == path.len() && both.all(|(of, part)| of == part || of.starts_with('{'))
}

/// Whether a value has one of these types.
pub(crate) fn is_of_type(value: &Value, types: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    };
    match types {
        Value::Array(names) => names.iter().any(is),
        name => is(name),
    }
}
