//! Checks which files use which library. A library that is used in one place can be replaced there.

use super::tree::{Complaint, Tree};

/// A crate, and the only paths that may use it: whatever begins with one of these.
struct Door {
    name: &'static str,
    open_to: &'static [&'static str],
}

/// Crates and modules that open sockets. The operations in `api` know neither them nor axum.
const SOCKETS: [&str; 6] = ["axum", "hyper", "hyper_util", "mio", "socket2", "tokio::net"];
const API: &str = "server/src/api";

const DOORS: [Door; 4] = [
    Door {
        name: "axum",
        open_to: &[
            "server/src/http",
            "server/src/serve",
            "server/src/lib.rs",
            "server/src/bin/",
            "server/examples/",
            "server/tests/",
            "bench/src/baseline/handler.rs",
        ],
    },
    Door {
        name: "rusqlite",
        // The projection, and the SQLite journal with its database.
        open_to: &[
            "server/src/log/sqlite",
            "server/src/log/projection",
            "server/src/log/journaled/tests.rs",
            "server/tests/it/log_",
            "faults/src/database.rs",
        ],
    },
    Door { name: "web_sys", open_to: IN_THE_BROWSER },
    Door { name: "gloo", open_to: IN_THE_BROWSER },
];

/// The files in which the client touches the browser; components and state are functions.
const IN_THE_BROWSER: &[&str] = &[
    "frontend/src/api",
    "frontend/src/engine",
    "frontend/src/hooks",
    "frontend/src/main.rs",
    "frontend/tests/",
];

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.rust() {
        let closed = DOORS.iter().filter(|door| !door.open_to.iter().any(|path| file.path.starts_with(path)));
        for Door { name, open_to } in closed {
            let uses = file.lines().filter(|(_, line)| mentions(line, name));
            let what = || format!("only {} may use {name}", open_to.join(", "));
            complaints.extend(uses.map(|(line, _)| file.complaint(line, what())));
        }
        if file.path.starts_with(API) {
            let uses = file.lines().filter(|(_, line)| SOCKETS.iter().any(|name| mentions(line, name)));
            complaints
                .extend(uses.map(|(line, _)| file.complaint(line, "api knows neither axum nor sockets")));
        } else if may_not_make_scopes(&file.path) {
            let made = file.lines().filter(|(_, line)| makes_scope(line));
            complaints
                .extend(made.map(|(line, _)| file.complaint(line, "only server/src/api makes a Scope")));
        }
    }
    complaints
}

/// Whether a file of the server is neither the declaration of `Scope` nor a test, which may read everything.
fn may_not_make_scopes(path: &str) -> bool {
    let may = path == "server/src/scope.rs"
        || path.contains("/tests")
        || path.contains("/contract/")
        || path.contains("/interleavings");
    path.starts_with("server/src") && !may
}

/// Whether this line of code makes a `Scope`, by a constructor or a function of the type.
fn makes_scope(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let made = ["Scope {", "Scope(", "Scope::"].into_iter().flat_map(|pattern| code.match_indices(pattern));
    made.map(|(at, _)| &code[..at]).any(|before| {
        let names_the_type = before.ends_with("-> ") || before.ends_with("impl ");
        !names_the_type && !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

/// Whether this line of code uses the crate: `name::…` or `use name…`, and for `gloo` any of its family.
fn mentions(line: &str, name: &str) -> bool {
    // Neither comments nor what stands in quotes is code.
    let code = line.split("//").next().unwrap_or_default().replace("\\\"", "");
    let code = code.split('"').step_by(2).collect::<String>();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let family = name == "gloo" && after.starts_with('_');
        let rest = if family { after.trim_start_matches(word) } else { after };
        let whole = !before.ends_with(word) && !rest.starts_with(word);
        whole && (rest.starts_with("::") || before.trim_end().ends_with("use"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn crate_has_one_door() {
        let handler = "use axum::Router;";
        assert_eq!(complaints("server/src/http/poll.rs", handler), 0);
        assert_eq!(complaints("server/src/http.rs", handler), 0);
        assert_eq!(complaints("server/src/hub.rs", handler), 1);
        assert_eq!(complaints("server/src/log/memory.rs", "let c = rusqlite::Connection::open(p);"), 1);
        assert_eq!(complaints("server/src/log/sqlite/writer.rs", "use rusqlite::Connection;"), 0);
        assert_eq!(complaints("frontend/src/components/chat.rs", "pub use web_sys::Event;"), 1);
        assert_eq!(complaints("frontend/src/state.rs", "use gloo_timers::callback::Timeout;"), 1);
        assert_eq!(complaints("frontend/src/hooks/clock.rs", "use gloo_timers::callback::Timeout;"), 0);
    }

    #[test]
    fn api_knows_no_sockets() {
        assert_eq!(complaints("server/src/api/poll.rs", "use axum::Json;"), 2);
        assert_eq!(complaints("server/src/api/caller.rs", "let s = tokio::net::TcpStream::connect(a);"), 1);
        assert_eq!(complaints("server/src/api/caller.rs", "use std::net::IpAddr;"), 0);
    }

    #[test]
    fn api_alone_makes_scopes() {
        assert_eq!(complaints("server/src/api/scope.rs", "Scope { rooms }"), 0);
        assert_eq!(complaints("server/src/hub/poll.rs", "let scope = Scope { rooms };"), 1);
        assert_eq!(complaints("server/src/http/poll.rs", "poll(Scope::all())"), 1);
        assert_eq!(complaints("server/src/hub/poll.rs", "fn poll(scope: &Scope) -> Scope {"), 0);
        assert_eq!(complaints("server/src/hub/poll.rs", "let other = MicroScope { lens };"), 0);
    }

    #[test]
    fn name_alone_is_no_use() {
        assert_eq!(complaints("server/src/hub.rs", "// axum::serve calls us\nlet axum_like = 1;"), 0);
        assert_eq!(complaints("server/src/hub.rs", "my_axum::run()"), 0);
        assert_eq!(complaints("server/src/hub.rs", "say(\"axum::serve calls us\")"), 0);
        assert_eq!(complaints("server/src/hub.rs", "crate::log::sqlite::open()"), 0);
    }
}
