//! Presence as part of polls.

use anyhow::{Context, ensure};
use holdline_shared::ProblemCode;
use reqwest::Method;

use crate::case::{CaseResult, declare};
use crate::server::{Participant, Server, batch, ensure_equal, expect_problem};

declare! {
    C38 "a poll with here= is answered with the people present, its own person included" says_who_is_here;
    C39 "a poll with the current presence tag gets no presence" is_quiet;
    C40 "ending the session ends presence" leaving;
    C41 "here= without a session is session_required" needs_a_session;
}

async fn here(ada: &Participant, room: &str, rest: &str) -> anyhow::Result<holdline_shared::Batch> {
    let path = format!("/api/v1/poll?room={room}&here={room}&wait=0{rest}");
    batch(ada.request(Method::GET, &path).send().await?).await
}

async fn says_who_is_here(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let presence = here(&ada, &room, "").await?.presence.context("no presence")?;
    let crowd = presence.rooms.into_values().next().context("no room in it")?;
    ensure_equal((crowd.count, crowd.people), (1, vec![ada.session.person.clone()]))
}

async fn is_quiet(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let tag = here(&ada, &room, "").await?.presence.context("no presence")?.tag;
    ensure!(
        here(&ada, &room, &format!("&presence={tag}")).await?.presence.is_none(),
        "presence was sent again"
    );
    Ok(())
}

async fn leaving(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let bob = server.participant("Bob").await?;
    let mut tag = here(&ada, &room, "").await?.presence.context("no presence")?.tag;
    here(&bob, &room, "").await?;
    ensure_equal(bob.request(Method::DELETE, "/api/v1/session").send().await?.status().as_u16(), 204)?;
    // Changes are coalesced; each answer with presence comes closer to the final state.
    loop {
        let path = format!("/api/v1/poll?room={room}&here={room}&wait=5&presence={tag}");
        let batch = batch(ada.request(Method::GET, &path).send().await?).await?;
        let Some(presence) = batch.presence else { break };
        tag = presence.tag;
        if presence.rooms.into_values().all(|crowd| crowd.people == [ada.session.person.clone()]) {
            return Ok(());
        }
    }
    ensure_equal(
        here(&ada, &room, "")
            .await?
            .presence
            .context("no presence")?
            .rooms
            .into_values()
            .map(|c| c.count)
            .sum(),
        1,
    )
}

async fn needs_a_session(server: Server) -> CaseResult {
    let answer = server.get("/api/v1/poll?room=lobby&here=lobby&wait=0").await?;
    expect_problem(answer, ProblemCode::SessionRequired).await.map(drop)
}
