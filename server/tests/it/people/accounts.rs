//! Accounts: made by a passphrase, signed in to, renamed, erased; their names are theirs.

use holdline_shared::{Me, People, PersonKind, ProblemCode, SessionList};
use serde_json::json;

use super::{PASSPHRASE, admin, both_ways, is_in, member, sign_in};

#[tokio::test]
async fn guest_becomes_a_member_by_a_passphrase_and_signs_in_elsewhere() {
    both_ways(async |server| {
        let mut ada = server.person("Ada").await;
        let before = ada.clone();
        let short = ada.patch("/api/v1/me", &json!({ "passphrase": "1234567" })).await;
        assert_eq!(short.problem(), ProblemCode::InvalidBody);
        let about = ada.patch("/api/v1/me", &json!({ "about": "counts" })).await;
        assert_eq!(about.problem(), ProblemCode::NotAllowed, "guests have no profile");
        let body = json!({ "passphrase": PASSPHRASE, "about": "counts", "time_zone": "Europe/London" });
        let me: Me = ada.patch("/api/v1/me", &body).await.expect(200).json();
        assert_eq!((me.profile.kind, me.has_passphrase), (PersonKind::Member, true));
        assert_eq!((me.profile.about.as_str(), &*me.profile.time_zone), ("counts", "Europe/London"));
        assert_eq!(me.profile.person, *ada.person());
        assert_eq!(is_in(&before).await, Err(ProblemCode::SessionInvalid), "the guest's token");

        let reply = sign_in(&server.visitor(), "ada", PASSPHRASE).await.expect(201);
        assert_eq!(*ada.adopts(&reply), me.profile.person);
        let sessions: SessionList = ada.get("/api/v1/me/sessions").await.expect(200).json();
        assert_eq!(sessions.sessions.len(), 2);
        assert_eq!(sessions.sessions.iter().filter(|session| session.current).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn unknown_name_and_wrong_passphrase_have_the_same_answer() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        // A member without a passphrase.
        let code = super::invite(&ada, json!({})).await.code;
        server
            .visitor()
            .post("/api/v1/redeem", &json!({ "code": code, "nickname": "Bob" }))
            .await
            .expect(201);
        let mut answers = Vec::new();
        for (name, passphrase) in
            [("Ada", "wrong horse"), ("Ada", ""), ("Eve", PASSPHRASE), ("Bob", ""), ("", PASSPHRASE)]
        {
            let reply = sign_in(&server.visitor(), name, passphrase).await;
            assert_eq!(reply.problem(), ProblemCode::WrongSecret, "{name} {passphrase}");
            answers.push(reply.body);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn new_passphrase_needs_the_old_one() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        for old in [json!(null), json!("wrong horse")] {
            let body = json!({ "passphrase": "battery staple", "old_passphrase": old });
            assert_eq!(ada.patch("/api/v1/me", &body).await.problem(), ProblemCode::WrongSecret);
        }
        let body = json!({ "passphrase": "battery staple", "old_passphrase": PASSPHRASE });
        ada.patch("/api/v1/me", &body).await.expect(200);
        assert_eq!(sign_in(&server.visitor(), "Ada", PASSPHRASE).await.problem(), ProblemCode::WrongSecret);
        sign_in(&server.visitor(), "Ada", "battery staple").await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn name_of_a_member_cannot_be_worn() {
    both_ways(async |server| {
        let mut early = server.person("Ada").await;
        let ada = admin(&server).await;
        for name in ["Ada", "ada", "Аdа", "a.d.a", "anonymous", "Holdline", "stdin"] {
            let reply = server.visitor().post("/api/v1/session", &json!({ "nickname": name })).await;
            assert_eq!(reply.problem(), ProblemCode::NameTaken, "{name}");
        }
        // A guest who had the name before may read, and neither writes nor is shown under it.
        let path = "/api/v1/rooms/lobby/messages";
        let body = json!({ "key": crate::support::key().to_string(), "text": "I am Ada" });
        assert_eq!(early.post(path, &body).await.problem(), ProblemCode::NameTaken);
        let presence = early.polls("room=lobby&wait=0&here=lobby").await.presence.unwrap();
        let here = presence.rooms.values().next().unwrap();
        assert_eq!(here.people[0].id, early.person().id);
        assert_ne!(here.people[0].name, ada.person().name);
        early.enters("Ada Byron").await;
        early.says("I am somebody else").await;
        // A member's new name is theirs, and the old one is free.
        ada.patch("/api/v1/me", &json!({ "name": "Lovelace" })).await.expect(200);
        server.person("Ada").await;
        let taken = server.visitor().post("/api/v1/session", &json!({ "nickname": "lovelace" })).await;
        assert_eq!(taken.problem(), ProblemCode::NameTaken);
        assert_eq!(ada.says("still me").await.author.name.as_str(), "Lovelace", "whatever the token says");
    })
    .await;
}

#[tokio::test]
async fn name_that_looks_like_a_name_or_an_id_cannot_be_taken() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bill = member(&server, &ada, "Bill").await;
        let id = bill.person().id.as_str();
        for (name, problem) in [
            ("BilI", ProblemCode::NameTaken),
            ("B1ll", ProblemCode::NameTaken),
            ("hoIdline", ProblemCode::NameTaken),
            (id, ProblemCode::NameTaken),
            ("abcdefghijkmnpqr", ProblemCode::NameTaken),
            ("Bill\u{FE0F}", ProblemCode::InvalidNickname),
            ("Bill\u{1D159}", ProblemCode::InvalidNickname),
        ] {
            let guest = server.visitor().post("/api/v1/session", &json!({ "nickname": name })).await;
            assert_eq!(guest.problem(), problem, "{name}");
            assert_eq!(ada.patch("/api/v1/me", &json!({ "name": name })).await.problem(), problem, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn erased_person_is_gone_with_name_and_messages_as_chosen() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        for (fate, text) in [("keep", Some("kept words")), ("remove", None)] {
            let bob = member(&server, &ada, "Bob").await;
            let said = bob.says("kept words").await;
            assert_eq!(bob.delete("/api/v1/me").await.problem(), ProblemCode::InvalidParameter, "no choice");
            bob.delete(&format!("/api/v1/me?messages={fate}")).await.expect(204);
            assert_eq!(is_in(&bob).await, Err(ProblemCode::SessionInvalid));
            assert_eq!(
                sign_in(&server.visitor(), "Bob", PASSPHRASE).await.problem(),
                ProblemCode::WrongSecret
            );
            let history = ada.history("lobby").await;
            let message = history.messages.iter().find(|message| message.seq == said.seq).unwrap();
            assert_eq!(message.text.as_ref().map(holdline_shared::MessageText::as_str), text);
            assert_eq!(message.author.name.as_str(), "deleted person");
            let people: People = ada.get("/api/v1/people").await.expect(200).json();
            assert_eq!(people.people.len(), 1);
        }
        let last = ada.delete("/api/v1/me?messages=keep").await;
        assert_eq!(last.problem(), ProblemCode::NotAllowed, "the last admin stays");
    })
    .await;
}

#[tokio::test]
async fn guests_are_erased_by_themselves_and_by_admins() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (gus, eve) = (server.person("Gus").await, server.person("Eve").await);
        gus.says("a slip").await;
        let kept = eve.says("kept").await;
        gus.delete("/api/v1/me?messages=remove").await.expect(204);
        assert_ne!(gus.get("/api/v1/me").await.status, 200, "the session is over");
        let other = format!("/api/v1/people/{}?messages=keep", eve.person().id);
        assert_eq!(server.person("Dee").await.delete(&other).await.problem(), ProblemCode::NotAllowed);
        ada.delete(&other).await.expect(204);
        let history = ada.history("lobby").await;
        let texts: Vec<_> = history
            .messages
            .iter()
            .map(|message| message.text.as_ref().map(holdline_shared::MessageText::as_str))
            .collect();
        assert_eq!(texts, [None, Some("kept")]);
        let of_eve = history.messages.iter().find(|message| message.seq == kept.seq).unwrap();
        assert_eq!(of_eve.author.name.as_str(), "deleted person");
        assert_eq!(
            ada.delete("/api/v1/people/nobody?messages=keep").await.problem(),
            ProblemCode::UnknownPerson
        );
    })
    .await;
}

#[tokio::test]
async fn admins_make_admins_and_erase_others() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bob = member(&server, &ada, "Bob").await;
        let of = |client: &crate::support::Client| format!("/api/v1/people/{}", client.person().id);
        let refused = bob.patch(&of(&bob), &json!({ "admin": true })).await;
        assert_eq!(refused.problem(), ProblemCode::NotAllowed);
        let refused = bob.delete(&format!("{}?messages=keep", of(&ada))).await;
        assert_eq!(refused.problem(), ProblemCode::NotAllowed);
        ada.patch(&of(&bob), &json!({ "admin": true })).await.expect(200);
        bob.patch(&of(&ada), &json!({ "admin": false })).await.expect(200);
        let gone = bob.delete(&format!("{}?messages=remove", of(&ada))).await;
        assert_eq!(gone.status, 204);
        assert_eq!(bob.get(&of(&ada)).await.problem(), ProblemCode::UnknownPerson);
        assert_eq!(bob.get("/api/v1/people/%20").await.problem(), ProblemCode::UnknownPerson);
    })
    .await;
}

#[tokio::test]
async fn last_admin_who_can_sign_in_stays() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let own = format!("/api/v1/people/{}", ada.person().id);
        let made: serde_json::Value =
            ada.post("/api/v1/tokens", &json!({ "bot": "Robo" })).await.expect(201).json();
        let bot = format!("/api/v1/people/{}", made["person"].as_str().unwrap());
        assert_eq!(
            ada.patch(&bot, &json!({ "admin": true })).await.problem(),
            ProblemCode::NotAllowed,
            "a bot"
        );
        // An admin without a passphrase, whose only session has ended.
        let code = super::invite(&ada, json!({ "role": "admin" })).await.code;
        let mut bob = server.visitor();
        let reply = bob.post("/api/v1/redeem", &json!({ "code": code, "nickname": "Bob" })).await.expect(201);
        bob.adopts(&reply);
        bob.delete("/api/v1/session").await.expect(204);
        for refused in
            [ada.patch(&own, &json!({ "admin": false })).await, ada.delete("/api/v1/me?messages=keep").await]
        {
            assert_eq!(refused.problem(), ProblemCode::NotAllowed);
        }
        let cid = member(&server, &ada, "Cid").await;
        let of_cid = format!("/api/v1/people/{}", cid.person().id);
        ada.patch(&of_cid, &json!({ "admin": true })).await.expect(200);
        ada.delete("/api/v1/me?messages=keep").await.expect(204);
    })
    .await;
}
