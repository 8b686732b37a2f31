//! A page older than its server continues to work, says so, and offers to reload.

use anyhow::Result;
use holdline_e2e::{Chat, Person, Server};

/// Makes later answers come from another build of the server.
const UPDATE: &str = r"
window.isOld = true;
const fetch = window.fetch;
window.fetch = async request => {
  const answer = await fetch(request);
  const headers = new Headers(answer.headers);
  headers.set('holdline-build', '9.9.9+another');
  return new Response(await answer.text(), { status: answer.status, headers });
};";

#[tokio::test]
async fn page_that_is_older_than_its_server_offers_a_reload() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let ada = Chat::open(&server.url()).await?;
    ben.say("lobby", "before the update").await?;
    ada.until_said(&["before the update"]).await?;
    ada.browser.run::<()>(UPDATE, vec![]).await?;
    ben.say("lobby", "while it is held").await?;
    ben.say("lobby", "after the update").await?;
    ada.until_said(&["before the update", "while it is held", "after the update"]).await?;
    ada.browser.click("[data-testid=outdated] button").await?;
    ada.browser.until_true("another page", "return !window.isOld", vec![]).await?;
    ada.until_said(&["before the update", "while it is held", "after the update"]).await?;
    let offers = "return !!document.querySelector('[data-testid=outdated]')";
    assert!(!ada.browser.run::<bool>(offers, vec![]).await?, "this page is as old as its server");
    ada.browser.must_be_quiet().await
}
