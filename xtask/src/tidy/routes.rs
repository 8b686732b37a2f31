//! Checks that every route of the server is in the protocol's documentation, and the reverse. The table of
//! routes has them as `.route("/path/{name}", …)`, the documentation as `METHOD /path/{name}` or in an
//! example.

use super::tree::{Complaint, SourceFile, Tree};

const TABLE: &str = "server/src/http/routes.rs";
const PROTOCOL: &str = "docs/PROTOCOL.md";

/// Before most routes; tables may leave it out.
const BASE: &str = "/api/v1";

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let Some(table) = tree.file(TABLE) else {
        let server = tree.files.iter().find(|file| file.path.starts_with("server/src/http"));
        return server
            .map(|file| file.complaint(0, format!("the table of routes belongs into {TABLE}")))
            .into_iter()
            .collect();
    };
    let Some(protocol) = tree.file(PROTOCOL) else {
        return vec![table.complaint(0, format!("there is no {PROTOCOL}"))];
    };
    let (routes, documented) = (routes(table), documented(protocol));
    let missing = routes.iter().filter(|(_, route)| !documented.iter().any(|(_, path)| matches(path, route)));
    let missing =
        missing.map(|(line, route)| table.complaint(*line, format!("{route} is not in {PROTOCOL}")));
    let unknown = documented.iter().filter(|(_, path)| !routes.iter().any(|(_, route)| matches(path, route)));
    let unknown = unknown.map(|(line, path)| protocol.complaint(*line, format!("{path} is not in {TABLE}")));
    missing.chain(unknown).collect()
}

/// Line and path of each route in the table.
fn routes(table: &SourceFile) -> Vec<(usize, String)> {
    let mut routes = Vec::new();
    let mut start = 0;
    // rustfmt may put the path on the line after `.route(`.
    while let Some(at) = table.text[start..].find(".route(") {
        start += at + ".route(".len();
        let path = table.text[start..].trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
        let line = table.text[..start].lines().count();
        routes.extend(path.map(|path| (line, path.to_owned())));
    }
    routes
}

/// Line and path of each `METHOD /path` in the documentation, without its query.
fn documented(protocol: &SourceFile) -> Vec<(usize, String)> {
    let mut paths = Vec::new();
    for (number, line) in protocol.lines() {
        let words: Vec<_> = line.split(|c: char| c.is_whitespace() || "`|,()".contains(c)).collect();
        // A table may name several methods before one path.
        let mut method = false;
        for word in words.into_iter().filter(|word| !word.is_empty()) {
            if method && word.starts_with('/') {
                let path = word.split(['?', '[']).next().unwrap_or_default();
                paths.push((number, path.trim_end_matches(['.', ':', ';']).to_owned()));
            }
            method = METHODS.contains(&word);
        }
    }
    paths
}

/// Whether the documentation means this route, or is an example of it.
fn matches(documented: &str, route: &str) -> bool {
    let (path, route): (Vec<_>, Vec<_>) = (segments(documented).collect(), segments(route).collect());
    path.len() == route.len() && path.iter().zip(&route).all(|(part, of)| part == of || is_parameter(of))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix(BASE).unwrap_or(path).split('/')
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(table: &str, protocol: &str) -> Vec<String> {
        let complaints = check(&Tree::of(&[(TABLE, table), (PROTOCOL, protocol)]));
        complaints.iter().map(ToString::to_string).collect()
    }

    const ROUTES: &str = "Router::new()\n.route(\"/api/v1/poll\", get(poll))\n.route(\n    \"/api/v1/rooms/{room}\", put(create))";

    #[test]
    fn table_and_protocol_agree() {
        let protocol = "| `GET /poll?room=a` | polls |\n\n## PUT /api/v1/rooms/{name}\n\nPUT /api/v1/rooms/lobby HTTP/1.1";
        assert_eq!(complaints(ROUTES, protocol), [""; 0]);
    }

    #[test]
    fn each_misses_what_the_other_has() {
        let protocol = "`GET /api/v1/poll` polls, `GET /healthz` is for operators.";
        assert_eq!(
            complaints(ROUTES, protocol),
            [
                "server/src/http/routes.rs:3: /api/v1/rooms/{room} is not in docs/PROTOCOL.md",
                "docs/PROTOCOL.md:1: /healthz is not in server/src/http/routes.rs",
            ]
        );
    }

    #[test]
    fn both_must_be_there() {
        assert_eq!(check(&Tree::of(&[("server/src/http/poll.rs", "")])).len(), 1);
        assert_eq!(check(&Tree::of(&[(TABLE, ROUTES)])).len(), 1);
        assert_eq!(check(&Tree::of(&[("server/src/lib.rs", "")])).len(), 0);
    }
}
