//! `/api/openapi.json` against the table of routes and `docs/PROTOCOL.md`. What the server answers is held against it where
//! the page's examples are executed (`protocol`) and where invalid requests are sent (`problems`).

mod bodies;
mod document;

use std::collections::{BTreeMap, BTreeSet};

use holdline_shared::ProblemCode;
use serde_json::Value;

pub(crate) use self::document::Document;
use crate::protocol::PAGE;
use crate::support::Server;

/// The path of an operation, with an example for each parameter.
fn example_of(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment {
        "{room}" => "lobby",
        "{seq}" => "2",
        "{emoji}" => "%F0%9F%91%8D",
        other if other.starts_with('{') => "x",
        other => other,
    });
    segments.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn document_has_the_methods_of_the_table_of_routes() {
    let server = Server::start().await;
    let document = Document::of(&server).await;
    let mut methods = BTreeMap::<&str, BTreeSet<String>>::new();
    for operation in document.operations() {
        methods.entry(operation.path).or_default().insert(operation.method);
    }
    for (path, mut methods) in methods {
        let reply = server.connect().await.request("OPTIONS", &example_of(path), "", b"").await.expect(204);
        methods.insert("OPTIONS".to_owned());
        let allowed = reply.header("allow").split(", ").filter(|method| *method != "HEAD");
        assert_eq!(allowed.map(str::to_owned).collect::<BTreeSet<_>>(), methods, "{path}");
    }
}

#[tokio::test]
async fn document_and_protocol_page_name_the_same_operations() {
    let server = Server::start().await;
    let document = Document::of(&server).await;
    let named = operations_of(PAGE);
    let is_named = |method: &str, path: &str| {
        named.iter().any(|(_, known, example)| {
            let found = document.operation(known, example);
            *known == method && found.is_some_and(|found| found.path == path)
        })
    };
    for operation in document.operations() {
        let (method, path) = (&operation.method, operation.path);
        assert!(is_named(method, path), "docs/PROTOCOL.md does not name {method} {path}");
    }
    for (line, method, path) in &named {
        let is_described = document.operation(method, path).is_some();
        assert!(is_described, "docs/PROTOCOL.md:{line}: there is no {method} {path}");
    }
}

#[tokio::test]
async fn document_names_every_problem_and_the_operations_that_have_it() {
    let server = Server::start().await;
    let document = Document::of(&server).await;
    let listed = document.schemas()["ProblemCode"]["enum"].as_array().unwrap();
    let codes: Vec<Value> = ProblemCode::ALL.iter().map(|code| code.as_str().into()).collect();
    assert_eq!(*listed, codes, "the page's table is compared with the same list");
    let mut of_operations = BTreeSet::new();
    for operation in document.operations() {
        for (status, response) in operation.described["responses"].as_object().unwrap() {
            let codes =
                &response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["code"];
            for code in codes["enum"].as_array().into_iter().flatten() {
                let code: ProblemCode = serde_json::from_value(code.clone()).unwrap();
                assert_eq!(code.status().to_string(), *status, "{} {code}", operation.path);
                of_operations.insert(code.as_str());
            }
        }
    }
    // These say that there is no operation.
    of_operations.extend(["unknown_route", "method_not_allowed"]);
    assert_eq!(of_operations, ProblemCode::ALL.iter().map(|code| code.as_str()).collect());
}

#[tokio::test]
async fn operations_are_told_apart_and_explained() {
    let server = Server::start().await;
    let document = Document::of(&server).await;
    let mut ids = BTreeSet::new();
    for operation in document.operations() {
        let Value::Object(described) = operation.described else { panic!("{}", operation.path) };
        assert!(ids.insert(described["operationId"].to_string()), "{}", described["operationId"]);
        assert!(!described["summary"].as_str().unwrap().is_empty(), "{}", operation.path);
        for parameter in described["parameters"].as_array().unwrap() {
            let (path, name) = (operation.path, &parameter["name"]);
            assert!(parameter["description"].is_string(), "{path}: what is {name}? See PATH_PARAMETERS");
            document.resolve(&parameter["schema"]);
        }
        let answers = described["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with('2')), "{}", operation.path);
    }
    assert_references(&document, document.schemas());
}

#[tokio::test]
async fn document_has_the_limits_of_bodies_and_says_which_are_needed() {
    let server = Server::start().await;
    let document = Document::of(&server).await;
    let schemas = document.schemas();
    for (name, least, most) in [("RoomName", 1, 128), ("Nickname", 1, 128), ("Topic", 0, 800)] {
        assert_eq!(schemas[name]["minLength"], least, "{name}");
        assert_eq!(schemas[name]["maxLength"], most, "{name}");
    }
    for (method, path, is_needed) in [
        ("POST", "/api/v1/sign-in", true),
        ("POST", "/publish", true),
        ("POST", "/api/v1/invites", false),
        ("POST", "/api/v1/tokens", false),
    ] {
        let body = &document.operation(method, path).unwrap().described["requestBody"];
        assert_eq!(body["required"], is_needed, "{path}");
    }
    let publish = document.operation("POST", "/publish").unwrap().described;
    assert!(publish["responses"]["400"]["content"]["text/plain;charset=utf-8"].is_object());
}

/// Follows every reference in a value.
fn assert_references(document: &Document, value: &Value) {
    document.resolve(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| assert_references(document, item)),
        Value::Object(fields) => fields.values().for_each(|field| assert_references(document, field)),
        _ => {}
    }
}

/// Line, method and path of each operation that the page names as `METHOD /path`.
fn operations_of(page: &str) -> Vec<(usize, &str, String)> {
    const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let mut found = Vec::new();
    for (number, line) in (1..).zip(page.lines()) {
        let words =
            line.split(|c: char| c.is_whitespace() || "`|,()".contains(c)).filter(|word| !word.is_empty());
        let mut methods = Vec::new();
        for word in words {
            if METHODS.contains(&word) {
                methods.push(word);
            } else if word.starts_with('/') {
                let path = word.split(['?', '[']).next().unwrap().trim_end_matches(['.', ':', ';']);
                let whole = if path.matches('/').count() == 1 && !is_at_root(path) {
                    format!("/api/v1{path}")
                } else {
                    path.to_owned()
                };
                found.extend(methods.drain(..).map(|method| (number, method, whole.clone())));
            } else if word != "and" {
                methods.clear();
            }
        }
    }
    found
}

/// Whether an address of one segment is none of the API.
fn is_at_root(path: &str) -> bool {
    ["/subscribe", "/publish", "/classic", "/healthz", "/readyz", "/metrics"].contains(&path)
}
