//! The limits on wrong secrets, against guessing. Compares no secret.
//!
//! An attempt counts as a failure from its beginning until it proves right. So a thousand guesses at once all count, and so do
//! guesses whose senders hang up before the answer.

use std::net::IpAddr;

use super::key::LimitKey;
use super::limiter::Limiter;
use crate::api::error::ApiError;

/// Counts wrong secrets of one kind.
#[derive(Debug)]
pub(in crate::api) struct FailedSecrets {
    failures: Limiter,
    /// Whether the failures of all visitors count together.
    is_of_server: bool,
}

/// An attempt, which is a failure unless [`Attempt::succeeded`] is called.
#[must_use = "an attempt that is dropped has failed"]
#[derive(Debug)]
pub(in crate::api) struct Attempt<'a> {
    /// The counts in which it is a failure so far; none for the owner's own programs.
    counted: Vec<(&'a Limiter, LimitKey)>,
}

impl FailedSecrets {
    /// Counts the failures of each visitor.
    pub(super) fn of_visitor(failures: Limiter) -> Self {
        Self { failures, is_of_server: false }
    }

    /// Counts the failures of each visitor, and with the same limit those of all together.
    pub(super) fn of_visitor_and_server(failures: Limiter) -> Self {
        Self { failures, is_of_server: true }
    }

    /// Begins an attempt by a visitor, or without one by a program of the owner's; refused if there were too many failures.
    pub(in crate::api) fn attempt(&self, guesser: Option<IpAddr>) -> Result<Attempt<'_>, ApiError> {
        Attempt { counted: Vec::new() }.counting_for(self, guesser)
    }
}

impl<'a> Attempt<'a> {
    /// Counts the attempt for secrets of another kind, too. An attempt that is refused is no failure: nothing was tried.
    pub(in crate::api) fn counting_for(
        mut self,
        secrets: &'a FailedSecrets,
        guesser: Option<IpAddr>,
    ) -> Result<Self, ApiError> {
        let visitor = guesser.map(LimitKey::Visitor);
        // The visitor's first: whoever has used up their own attempts costs the others none.
        for key in visitor.into_iter().chain(secrets.is_of_server.then_some(LimitKey::Server)) {
            if let Err(refused) = secrets.failures.take(&key) {
                self.succeeded();
                return Err(refused);
            }
            self.counted.push((&secrets.failures, key));
        }
        Ok(self)
    }

    /// Takes the attempt out of the counts: the secret was right.
    pub(in crate::api) fn succeeded(self) {
        for (failures, key) in self.counted {
            failures.give_back(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::limits::Limits;
    use crate::api::{App, Caller, CallerHeaders, HttpConfig, RequestLine};
    use crate::hub::Hub;
    use crate::log::MemoryLog;

    const LOCAL: &str = "127.0.0.1";
    const STRANGER: &str = "203.0.113.5";
    const PROXY: &str = "10.0.0.1";

    async fn app() -> App {
        let hub = Hub::open(std::sync::Arc::new(MemoryLog::new())).await.unwrap();
        let trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        App::new(hub, HttpConfig { trusted_proxies, limits: Limits::default(), ..HttpConfig::default() })
    }

    fn guesser(app: &App, peer: &str, forwarded_for: Option<&str>) -> Option<IpAddr> {
        let line = RequestLine { is_safe: false, needs_host: false, authority: None, nested: "" };
        let headers = forwarded_for.map(|client| ("x-forwarded-for", client.as_bytes())).into_iter();
        Caller::find(app, peer.parse().ok(), line, &CallerHeaders::read(&app.config, headers), None)
            .unwrap()
            .guesser()
    }

    #[tokio::test(start_paused = true)]
    async fn thousand_guesses_with_a_rotating_header_are_limited() {
        for (peer, last) in [(STRANGER, ""), (LOCAL, ""), (PROXY, ", 203.0.113.5"), (PROXY, ", unknown")] {
            let app = app().await;
            let guesses = (0..1000).filter(|number| {
                let client = format!("192.0.2.{}{last}", number % 256);
                app.limits.failed_secrets.attempt(guesser(&app, peer, Some(&client))).is_ok()
            });
            assert_eq!(guesses.count(), 30, "{peer}{last}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn right_secrets_and_the_owner_are_not_limited() {
        let app = app().await;
        let (stranger, owner) = (guesser(&app, STRANGER, None), guesser(&app, LOCAL, None));
        for _ in 0..1000 {
            app.limits.failed_secrets.attempt(stranger).unwrap().succeeded();
            app.limits.join_password.attempt(stranger).unwrap().succeeded();
            drop(app.limits.failed_secrets.attempt(owner).unwrap());
        }
        let refused = (0..31).find_map(|_| app.limits.failed_secrets.attempt(stranger).err()).unwrap();
        assert_eq!(refused.retry_after(), Some(30));
    }

    #[tokio::test(start_paused = true)]
    async fn join_password_is_limited_for_all_visitors_together() {
        let app = app().await;
        let join = |peer: &str| app.limits.join_password.attempt(guesser(&app, peer, None)).is_ok();
        assert_eq!((0..=255).filter(|number| join(&format!("203.0.113.{number}"))).count(), 10);
        // The visitors after the tenth have tried nothing, and have all of their own attempts left.
        tokio::time::advance(std::time::Duration::from_secs(15 * 60)).await;
        assert_eq!((0..100).filter(|_| join("203.0.113.200")).count(), 10);
        tokio::time::advance(std::time::Duration::from_secs(90)).await;
        assert!(join("203.0.113.201"), "whoever is refused for their own failures costs others nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn attempt_that_is_refused_is_no_failure() {
        let app = app().await;
        let (other, guest) = (guesser(&app, STRANGER, None), guesser(&app, "203.0.113.6", None));
        for _ in 0..10 {
            drop(app.limits.join_password.attempt(other).unwrap());
        }
        for _ in 0..100 {
            let attempt = app.limits.failed_secrets.attempt(guest).unwrap();
            attempt.counting_for(&app.limits.join_password, guest).unwrap_err();
        }
        assert_eq!((0..100).filter(|_| app.limits.failed_secrets.attempt(guest).is_ok()).count(), 30);
    }
}
