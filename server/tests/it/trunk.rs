//! `Trunk.toml` against the server: a page that trunk serves during development reaches every route, under the same
//! protection.

use std::collections::{BTreeMap, BTreeSet};

use crate::openapi::Document;
use crate::support::Server;

const TRUNK: &str = include_str!("../../../Trunk.toml");

/// The headers of the page that say what it may do and who may use it.
const PROTECTION: [&str; 5] = [
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
];

#[tokio::test]
async fn trunk_hands_every_route_on() {
    let server = Server::start().await;
    let document = Document::of(&server).await;
    let beginning = |path: &str| format!("/{}", path.split('/').nth(1).unwrap());
    let routes: BTreeSet<_> = document.operations().map(|operation| beginning(operation.path)).collect();
    let backends = TRUNK.lines().filter_map(|line| line.strip_prefix("backend = \"http://127.0.0.1:8080"));
    let handed_on: BTreeSet<_> = backends.map(|path| path.trim_end_matches('"').to_owned()).collect();
    assert_eq!(handed_on, routes);
}

#[tokio::test]
async fn trunk_protects_the_page_as_the_server_does() {
    let server = Server::start().await;
    let page = server.connect().await.get("/", "Accept: text/html\r\n").await.expect(200);
    let lines = TRUNK.lines().filter_map(|line| line.split_once("\" = \""));
    let headers: BTreeMap<_, _> = lines
        .map(|(name, value)| (name.trim_start_matches('"').to_lowercase(), value.trim_end_matches('"')))
        .collect();
    for name in PROTECTION {
        assert_eq!(headers[name], page.header(name), "{name}");
    }
    let directives = |policy: &str| -> BTreeSet<String> {
        policy.split("; ").filter_map(|part| part.split(' ').next()).map(str::to_owned).collect()
    };
    let (ours, trunks) =
        (directives(page.header("content-security-policy")), directives(headers["content-security-policy"]));
    assert!(trunks.is_superset(&ours), "{ours:?} are restricted, by trunk {trunks:?}");
}
