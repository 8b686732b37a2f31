//! The program to which outgoing webhooks deliver.

use std::future::ready;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::client::parse;
use crate::hooks::{Deliveries, HookHost};
use crate::hub::Hub;

/// The program that gets deliveries, and the deliveries if no server makes them. Both end when this is dropped.
pub(super) struct WebhookTarget {
    _deliveries: Option<Deliveries>,
    pub(super) url: String,
    pub(super) posted: mpsc::UnboundedReceiver<(String, u64)>,
    target: AbortHandle,
}

impl WebhookTarget {
    /// The hosts to which the server may connect.
    pub(super) fn hosts() -> Vec<HookHost> {
        vec!["127.0.0.1".parse().unwrap()]
    }

    /// Begins to get what is delivered; with a hub, delivers its messages, too.
    pub(super) async fn start(hub: Option<&Arc<Hub>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (told, posted) = mpsc::unbounded_channel();
        let answer = move |body: String| {
            let body: Value = parse(&body);
            let seq = body["entry"]["seq"].as_u64().unwrap();
            // Nobody listens once the history is over.
            let _ = told.send((body["hook"].as_str().unwrap().to_owned(), seq));
            ready(StatusCode::OK)
        };
        let app = Router::new().fallback(answer);
        let target = tokio::spawn(async move { axum::serve(listener, app).await }).abort_handle();
        let deliveries = hub.map(|hub| Deliveries::start(hub, Self::hosts()));
        Self { _deliveries: deliveries, url, posted, target }
    }
}

impl Drop for WebhookTarget {
    fn drop(&mut self) {
        self.target.abort();
    }
}
