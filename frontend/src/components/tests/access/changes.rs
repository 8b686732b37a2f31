//! The list of changes, for admins.

use super::*;
use crate::state::AuditLine;

#[test]
fn changes_are_whole_sentences_and_reports_lead_to_their_message() {
    let drawn = |room: &str, change: &str| {
        let line =
            format!(r#"{{"seq":7,"at":0,"author":{{"id":"ada","name":"Ada"}}{room},"change":{change}}}"#);
        let lines = vec![serde_json::from_str(&line).unwrap()];
        drawn_panel(&Panel::Audit, true, Some(Listing::Audit(lines)))
    };
    let (ada, bob) = (r#""person":{"id":"ada","name":"Ada"}"#, r#""person":{"id":"bob","name":"Bob"}"#);
    for (change, fields, sentence) in [
        ("erased", ada, "Ada erased their own account"),
        ("erased", r#""person":{"id":"bob","name":"bob"}"#, "Ada erased an account"),
        ("member", ada, "Ada left"),
        ("member", &format!(r#"{bob},"role":"member""#), "Ada made Bob a member"),
        ("member", &format!(r#"{bob},"role":"member","muted_until":9"#), "Ada muted Bob for a time"),
        ("member", &format!(r#"{bob},"role":"none""#), "Ada removed Bob"),
        ("banned", r#""visitor":"192.0.2.1","until":9"#, "Ada banned 192.0.2.1"),
        ("banned", r#""id":"x""#, "Ada banned an address"),
        ("unbanned", r#""id":"x""#, "Ada lifted a ban"),
        ("unbanned", bob, "Ada lifted the ban of Bob"),
        ("admin", &format!(r#"{ada},"on":true"#), "Ada made themselves an admin"),
    ] {
        let drawn = drawn("", &format!(r#"{{"change":"{change}",{fields}}}"#));
        check(&drawn, &[&format!(">{sentence}<")], &["<a "]);
    }
    let report = drawn(r#","room":"tea""#, r#"{"change":"reported","seq":5,"reason":"ads"}"#);
    check(&report, &[r#"href="r/tea/5""#, ">Ada reported a message in tea: ads</a>"], &[]);
    let deleted =
        drawn(r#","room":"tea""#, &format!(r#"{{"change":"message_deleted","seq":5,"reason":"ads",{bob}}}"#));
    check(&deleted, &[r#"href="r/tea/5""#, "Ada deleted a message by Bob in tea: ads"], &[]);
    for (act, more, sentence) in [
        ("unmuted", r#""role":"none""#, "Ada let Bob write again in tea"),
        ("removed", r#""role":"none","muted_until":9"#, "Ada removed Bob in tea"),
        ("role_changed", r#""role":"admin","muted_until":9"#, "Ada made Bob an admin of this room in tea"),
    ] {
        let line = format!(r#"{{"change":"member","act":"{act}",{more},{bob}}}"#);
        check(&drawn(r#","room":"tea""#, &line), &[sentence], &[]);
    }
    let of_bob = drawn(r#","room":"tea""#, &format!(r#"{{"change":"reported","seq":5,{bob}}}"#));
    check(&of_bob, &["Ada reported a message by Bob in tea"], &[]);
}

#[test]
fn older_changes_are_offered_after_a_full_page_alone() {
    let drawn = |count| {
        let line = r#"{"seq":7,"at":0,"author":{"id":"ada","name":"Ada"},"room":"lobby",
            "change":{"change":"banned","person":{"id":"bob","name":"<Bob>"},"reason":"spam","until":9}}"#;
        let line: AuditLine = serde_json::from_str(line).unwrap();
        drawn_panel(&Panel::Audit, true, Some(Listing::Audit(vec![line; count])))
    };
    let older = ["Show older ones"];
    for full in [100, 200] {
        check(&drawn(full), &older, &[]);
    }
    check(&drawn(1), &["Ada banned &lt;Bob&gt; in lobby: spam"], &older);
    check(&drawn(101), &[], &older);
    check(&drawn(0), &["None yet."], &older);
}

#[test]
fn change_in_direct_messages_says_with_whom() {
    let list = r#"{"cursor":"0000000000000001-9","rooms":[{"name":"direct-x","topic":"","head":1,"at":0,
        "here":0,"visibility":"direct","role":"member"}]}"#;
    let state = lobby(&[1], false)
        .after(Action::AccountCame(account(true)))
        .after(Action::Listed(serde_json::from_str(list).unwrap()))
        .after(Action::RoomPeopleCame("direct-x".parse().unwrap(), vec![person("ada"), person("bob")]));
    for (room, place) in
        [("direct-x", "the direct messages with Bob"), ("direct-y", "a private room"), ("tea", "tea")]
    {
        let line = format!(
            r#"{{"seq":7,"at":0,"author":{{"id":"bob","name":"Bob"}},"room":"{room}","change":{{"change":"room"}}}}"#
        );
        let listing = Listing::Audit(vec![serde_json::from_str(&line).unwrap()]);
        let drawn = draw_panel(state.clone().after(Action::ListingCame(listing)), &Panel::Audit);
        check(&drawn, &[&format!("Bob set the rules in {place}<")], &[]);
    }
}
