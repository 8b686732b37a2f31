//! The words for what failed: the act, the reason, and what was typed for it.

pub const WRONG_PASSWORD: &str = "This password is not right.";
pub const WRONG_PASSPHRASE: &str = "This name and passphrase do not belong together.";
pub const WRONG_LINK: &str = "This link does not work any more. Ask whoever sent it for a new one.";

pub fn server_refuses(why: &str) -> String {
    sentence(why)
}

pub fn not_sent(why: &str) -> String {
    format!("Not sent: {}", ended(why))
}

pub fn waits_to_be_sent(why: &str) -> String {
    format!("Not sent yet: {} It will be sent by itself.", ended(why))
}

pub fn written_as(name: &str) -> String {
    format!("it was written as “{name}”")
}

pub fn other_session(before: &str, now: &str) -> String {
    format!("The session of “{before}” has ended. You are “{now}” here now.")
}

pub fn not_done(why: &str) -> String {
    format!("Not done: {}", ended(why))
}

pub fn not_deleted(why: &str, reason: &str) -> String {
    let not_deleted = format!("Not deleted: {}", ended(why));
    if reason.is_empty() { not_deleted } else { format!("{not_deleted} Your reason was: {reason}") }
}

pub fn not_changed_to(why: &str, typed: &str) -> String {
    format!("Not changed: {} You typed: {typed}", ended(why))
}

/// Turns a reason from the server or from a check into a sentence, with a capital and a full stop.
pub fn sentence(why: &str) -> String {
    // Reasons are English.
    let mut letters = why.chars();
    let capital = letters.next().map(|first| first.to_ascii_uppercase());
    ended(&capital.into_iter().chain(letters).collect::<String>())
}

/// Ends a reason with a full stop, unless the reason has an end already.
fn ended(why: &str) -> String {
    let is_ended = why.is_empty() || why.ends_with(['.', '!', '?', '…']);
    if is_ended { why.to_owned() } else { format!("{why}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_become_sentences_with_one_full_stop() {
        for (why, told) in [
            ("the server cannot be reached", "The server cannot be reached."),
            ("This room was deleted.", "This room was deleted."),
            ("really?", "Really?"),
            ("", ""),
        ] {
            assert_eq!(sentence(why), told);
        }
    }

    #[test]
    fn failures_say_what_failed_and_lose_nothing_that_was_typed() {
        let why = "the server cannot be reached";
        assert_eq!(not_done(why), "Not done: the server cannot be reached.");
        assert_eq!(not_sent("the room is full."), "Not sent: the room is full.");
        let waits = "Not sent yet: the server cannot be reached. It will be sent by itself.";
        assert_eq!(waits_to_be_sent(why), waits);
        assert_eq!(not_deleted(why, ""), "Not deleted: the server cannot be reached.");
        let with_reason = "Not deleted: the server cannot be reached. Your reason was: ads";
        assert_eq!(not_deleted(why, "ads"), with_reason);
        let typed = "Not changed: the server cannot be reached. You typed: tea";
        assert_eq!(not_changed_to(why, "tea"), typed);
    }
}
