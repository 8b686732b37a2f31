//! The one door: operations know no sockets, and nothing of the server but its operations says which rooms somebody may read.

use super::tree::{Complaint, Source, Tree};

/// The operations.
const API: &str = "server/src/api";

/// Where the type is declared.
const SCOPE: &str = "server/src/scope.rs";

/// Words that mean a socket.
const SOCKETS: [&str; 7] =
    ["tokio::net", "mio::", "socket2", "TcpListener", "TcpStream", "UdpSocket", "UnixStream"];

/// The way to make a scope.
const MADE: &str = "Scope::of_every_room(";

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let server = tree.rust().filter(|file| file.path.starts_with("server/src/"));
    server.flat_map(|file| if file.path.starts_with(API) { sockets(file) } else { scopes(file) }).collect()
}

fn sockets(file: &Source) -> Vec<Complaint> {
    let found = code(file).filter(|(_, line)| SOCKETS.iter().any(|word| line.contains(word)));
    found.map(|(number, _)| file.complaint(number, "operations know no sockets")).collect()
}

/// Tests may read everything.
fn scopes(file: &Source) -> Vec<Complaint> {
    if file.path == SCOPE || file.path.contains("/tests") || file.path.contains("/interleavings") {
        return Vec::new();
    }
    let own = code(file).take_while(|(_, line)| !line.contains("#[cfg(test)]"));
    let found = own.filter(|(_, line)| line.contains(MADE));
    found.map(|(number, _)| file.complaint(number, format!("only {API} says who may read what"))).collect()
}

/// Lines without comments.
fn code(file: &Source) -> impl Iterator<Item = (usize, &str)> {
    file.lines().map(|(number, line)| (number, line.split("//").next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn operations_know_no_sockets() {
        for text in ["use tokio::net::TcpStream;", "use std::net::{IpAddr, TcpListener};", "mio::Poll::new()"]
        {
            assert_eq!(complaints("server/src/api/poll.rs", text), 1, "{text}");
            assert_eq!(complaints("server/src/serve/plain.rs", text), 0, "{text}");
        }
        assert_eq!(complaints("server/src/api/caller.rs", "use std::net::IpAddr; // no TcpStream"), 0);
    }

    #[test]
    fn operations_alone_make_scopes() {
        let text = "hub.poll(Scope::of_every_room(), rooms)";
        for (path, count) in [
            ("server/src/api/poll.rs", 0),
            ("server/src/scope.rs", 0),
            ("server/src/hub/tests/polls.rs", 0),
            ("server/examples/stdin.rs", 0),
            ("server/src/http/endpoint.rs", 1),
            ("server/src/serve/event_loop.rs", 1),
        ] {
            assert_eq!(complaints(path, text), count, "{path}");
        }
        assert_eq!(complaints("server/src/hub.rs", &format!("#[cfg(test)]\nmod tests {{ {text} }}")), 0);
    }
}
