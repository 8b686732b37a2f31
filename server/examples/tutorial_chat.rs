//! The chat of <https://javascript.info/long-polling> with its own two files, `index.html` and `browser.js`,
//! unmodified: serves them from a folder, while Holdline answers `/subscribe` and `/publish`.
//!
//! ```sh
//! cargo run --example tutorial_chat -- path/to/longpoll
//! # open http://localhost:8080/ in two windows
//! ```

#![expect(clippy::print_stdout, reason = "prints its address")]

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::routing::get;
use holdline_server::hub::Hub;
use holdline_server::log::MemoryLog;
use holdline_server::router;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder has index.html and browser.js?")?);
    let hub = Hub::open(Arc::new(MemoryLog::new())).await?;
    let page = file(folder.join("index.html"), "text/html; charset=utf-8");
    let app = Router::new()
        .route("/", page.clone())
        .route("/index.html", page)
        .route("/browser.js", file(folder.join("browser.js"), "text/javascript; charset=utf-8"))
        .fallback_service(router(hub));
    let address = arguments.next().unwrap_or("127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // The address at the other end says whose limits count, and who may read `/metrics`.
    Ok(axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?)
}

/// Serves the current content of the file.
fn file(path: PathBuf, kind: &'static str) -> axum::routing::MethodRouter {
    get(async move || {
        let body = std::fs::read(&path)
            .map_err(|why| (StatusCode::NOT_FOUND, format!("{}: {why}\n", path.display())))?;
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        Ok::<_, (StatusCode, String)>((headers, body))
    })
}
