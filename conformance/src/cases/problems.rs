//! Unknown paths, unsupported methods, and requests from other sites.

use anyhow::ensure;
use holdline_shared::ProblemCode;
use reqwest::Method;

use crate::case::{CaseResult, declare};
use crate::server::{Server, ensure_equal, expect_problem, header_of};

declare! {
    C53 "an unknown path is unknown_route" unknown_route;
    C54 "an unsupported method is method_not_allowed, with Allow" wrong_method;
    C55 "a change requested by another site's page is cross_site" cross_site;
    C56 "problems forbid caches to store them" not_stored;
}

async fn unknown_route(server: Server) -> CaseResult {
    expect_problem(server.get("/api/v1/nothing/here").await?, ProblemCode::UnknownRoute).await.map(drop)
}

async fn wrong_method(server: Server) -> CaseResult {
    let answer = server.request(Method::DELETE, "/api/v1/poll").send().await?;
    ensure!(header_of(&answer, "allow").contains("GET"), "Allow says {:?}", header_of(&answer, "allow"));
    expect_problem(answer, ProblemCode::MethodNotAllowed).await.map(drop)
}

async fn cross_site(server: Server) -> CaseResult {
    for path in ["/publish", "/api/v1/session"] {
        let answer = server.request(Method::POST, path).header("sec-fetch-site", "cross-site").send().await?;
        expect_problem(answer, ProblemCode::CrossSite).await?;
    }
    Ok(())
}

async fn not_stored(server: Server) -> CaseResult {
    let answer = server.get("/api/v1/poll").await?;
    ensure_equal(header_of(&answer, "cache-control").as_str(), "no-store")
}
