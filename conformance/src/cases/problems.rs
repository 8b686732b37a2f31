//! Addresses and methods that do not exist, and requests from elsewhere.

use anyhow::ensure;
use holdline_shared::ProblemCode;
use reqwest::Method;

use crate::case::{Verdict, declare};
use crate::server::{Server, header_of, refused, same};

declare! {
    C53 "an address that does not exist is unknown_route" unknown_route;
    C54 "a method that an address does not take is method_not_allowed, with Allow" wrong_method;
    C55 "a change asked for by another site's page is cross_site" cross_site;
    C56 "problems are not to be stored" not_stored;
}

async fn unknown_route(server: Server) -> Verdict {
    refused(server.get("/api/v1/nothing/here").await?, ProblemCode::UnknownRoute).await.map(drop)
}

async fn wrong_method(server: Server) -> Verdict {
    let answer = server.request(Method::DELETE, "/api/v1/poll").send().await?;
    ensure!(header_of(&answer, "allow").contains("GET"), "Allow says {:?}", header_of(&answer, "allow"));
    refused(answer, ProblemCode::MethodNotAllowed).await.map(drop)
}

async fn cross_site(server: Server) -> Verdict {
    for path in ["/publish", "/api/v1/session"] {
        let answer = server.request(Method::POST, path).header("sec-fetch-site", "cross-site").send().await?;
        refused(answer, ProblemCode::CrossSite).await?;
    }
    Ok(())
}

async fn not_stored(server: Server) -> Verdict {
    let answer = server.get("/api/v1/poll").await?;
    same(header_of(&answer, "cache-control").as_str(), "no-store")
}
