//! Mutations: deliberate bugs that the report must notice.

/// A deliberate bug, which the report must notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation {
    /// Subscribers get entries before they are durable.
    ShowBeforeDurable,
    /// A publisher uses a new key for a repeat.
    ForgetKey,
    /// A subscriber continues from "now" after its connection broke.
    ForgetCursor,
    /// A joined room is polled only after its history has arrived.
    HistoryBeforePoll,
    /// The entries of a response are shown without the machine's filter.
    ShowAll,
    /// A publish is acknowledged before it is durable.
    AcknowledgeEarly,
    /// Whether a member may read is decided when the request comes, and not again.
    AskScopeOnce,
}
