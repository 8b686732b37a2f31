//! The `Host` of a request, whatever it names, is in no answer: no link of ours can be made to lead elsewhere.

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;

use crate::people::{admin, routes};
use crate::support::{Reply, Server};

#[tokio::test]
async fn foreign_host_stands_in_no_answer() {
    for loops in [1, 0] {
        // The default answers to every host.
        let mut config = ServeConfig::default();
        config.event_loops = Some(loops);
        let server = Server::with(HubConfig::default(), config).await;
        let ada = admin(&server).await;
        let (mut answered, pages) = (0, ["/", "/r/lobby", "/join/x"].map(|path| ("GET", path.to_owned())));
        let routes = routes().into_iter().map(|(method, path)| (method.to_string(), path));
        for (method, path) in pages.into_iter().map(|(m, path)| (m.to_owned(), path)).chain(routes) {
            // What is held needs no more than its head.
            let path = if path == "/subscribe" { format!("{path}?wait=0") } else { path };
            if path == "/api/v1/events" {
                continue;
            }
            let request = ada.request(method.parse().unwrap(), &path).header("host", "evil.example");
            let request =
                request.header("x-forwarded-host", "evil.example").header("forwarded", "host=evil.example");
            let reply = Reply::from(request.send().await.unwrap()).await;
            let headers = format!("{:?}", reply.headers);
            let text = String::from_utf8_lossy(&reply.body);
            assert!(!headers.contains("evil") && !text.contains("evil"), "{method} {path}: {headers} {text}");
            answered += usize::from(reply.status < 400);
        }
        assert!(answered > 10, "{answered}");
    }
}
