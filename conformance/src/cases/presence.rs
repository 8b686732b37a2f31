//! Presence: riding on the poll.

use anyhow::{Context, ensure};
use holdline_shared::ProblemCode;
use reqwest::Method;

use crate::case::{Verdict, declare};
use crate::server::{Server, Somebody, batch, refused, same};

declare! {
    C38 "a poll with here= is answered with who is here, oneself among them" says_who_is_here;
    C39 "a poll that knows the present tag hears nothing of presence" is_quiet;
    C40 "leaving ends presence" leaving;
    C41 "here= without a session is session_required" needs_a_session;
}

async fn here(ada: &Somebody, room: &str, rest: &str) -> anyhow::Result<holdline_shared::Batch> {
    let path = format!("/api/v1/poll?room={room}&here={room}&wait=0{rest}");
    batch(ada.request(Method::GET, &path).send().await?).await
}

async fn says_who_is_here(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let presence = here(&ada, &room, "").await?.presence.context("no presence")?;
    let crowd = presence.rooms.into_values().next().context("no room in it")?;
    same((crowd.count, crowd.people), (1, vec![ada.session.person.clone()]))
}

async fn is_quiet(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let tag = here(&ada, &room, "").await?.presence.context("no presence")?.tag;
    ensure!(here(&ada, &room, &format!("&presence={tag}")).await?.presence.is_none(), "told again");
    Ok(())
}

async fn leaving(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let bob = server.somebody("Bob").await?;
    let mut tag = here(&ada, &room, "").await?.presence.context("no presence")?.tag;
    here(&bob, &room, "").await?;
    same(bob.request(Method::DELETE, "/api/v1/session").send().await?.status().as_u16(), 204)?;
    // Changes are gathered; each answer with presence is one step nearer.
    loop {
        let path = format!("/api/v1/poll?room={room}&here={room}&wait=5&presence={tag}");
        let batch = batch(ada.request(Method::GET, &path).send().await?).await?;
        let Some(presence) = batch.presence else { break };
        tag = presence.tag;
        if presence.rooms.into_values().all(|crowd| crowd.people == [ada.session.person.clone()]) {
            return Ok(());
        }
    }
    same(
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

async fn needs_a_session(server: Server) -> Verdict {
    let answer = server.get("/api/v1/poll?room=lobby&here=lobby&wait=0").await?;
    refused(answer, ProblemCode::SessionRequired).await.map(drop)
}
