//! Invites and links to other devices: they work as often as they say, and fail alike.

use futures_util::future::join_all;
use holdline_shared::{Entry, LinkGives, LinkPreview, People, ProblemCode};
use serde_json::json;

use super::{admin, both_ways, invite, invites_of, is_in, joins, member, redeem, set_door};

#[tokio::test]
async fn one_of_a_hundred_redemptions_at_once_makes_a_member() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let code = invite(&ada, json!({})).await.code;
        let clients: Vec<_> = (0..100).map(|_| server.visitor()).collect();
        let attempts = clients.iter().enumerate().map(|(number, client)| {
            let body = json!({ "code": code, "nickname": format!("Bob {number}") });
            async move { client.post("/api/v1/redeem", &body).await }
        });
        let replies = join_all(attempts).await;
        let (made, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 201);
        assert_eq!(made.len(), 1);
        assert!(refused.iter().all(|reply| reply.problem() == ProblemCode::WrongSecret));
        let people: People = ada.get("/api/v1/people").await.expect(200).json();
        assert_eq!(people.people.len(), 2, "Ada and one Bob");
    })
    .await;
}

#[tokio::test]
async fn used_revoked_and_unknown_codes_have_the_same_answer() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (used, revoked) = (invite(&ada, json!({})).await, invite(&ada, json!({ "note": "Bob" })).await);
        joins(&server, &used.code, "Bob").await;
        ada.delete(&format!("/api/v1/invites/{}", revoked.id)).await.expect(204);
        let mut answers = Vec::new();
        for code in [&*used.code, &*revoked.code, "AAAAAAAAAAAAAAAAAAAAAAAAAAA", "", "é"] {
            let reply = redeem(&server.visitor(), code, "Cid").await;
            assert_eq!(reply.problem(), ProblemCode::WrongSecret, "{code}");
            answers.push(reply.body);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn invite_is_seen_by_its_maker_and_admins_and_says_what_it_gives() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bob = member(&server, &ada, "Bob").await;
        let refused = bob.post("/api/v1/invites", &json!({})).await;
        assert_eq!(refused.problem(), ProblemCode::NotAllowed, "the lobby has no admins but the server's");
        let made = invite(&ada, json!({ "uses": 3, "role": "guest", "note": "open day" })).await;
        let seen = invites_of(&ada).await.invites;
        let seen = seen.iter().find(|invite| invite.id == made.id).unwrap();
        assert_eq!((seen.uses, seen.used, seen.note.as_str()), (3, 0, "open day"));
        assert!(invites_of(&bob).await.invites.is_empty());
        invite(&ada, json!({ "uses": null, "days": null, "role": null, "room": null, "note": null })).await;
        for bad in
            [json!({"uses": 0}), json!({"days": 366}), json!({"uses": 10_001}), json!({"role": "king"})]
        {
            assert_eq!(ada.post("/api/v1/invites", &bad).await.problem(), ProblemCode::InvalidBody, "{bad}");
        }
        // A guest's invite lets a guest in.
        set_door(&ada, json!({ "door": "invite" })).await;
        let guest = joins(&server, &made.code, "Gus").await;
        assert_eq!(is_in(&guest).await, Ok(()));
        assert_eq!(guest.get("/api/v1/me/sessions").await.problem(), ProblemCode::NotAllowed, "no account");
    })
    .await;
}

#[tokio::test]
async fn code_tells_what_it_gives_as_long_as_it_works() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let look =
            async |code: &str| server.visitor().post("/api/v1/redeem/look", &json!({ "code": code })).await;
        let title = json!({ "title": "Six friends" });
        let den: Entry = ada.post("/api/v1/rooms", &title).await.expect(201).json();
        ada.makes_room("tea").await;
        ada.put("/api/v1/rooms/lobby", &json!({ "policy": { "title": "Club" } })).await.expect(200);
        for (body, gives, room) in [
            (json!({ "role": "guest" }), LinkGives::Guest, None),
            (json!({ "room": den.room }), LinkGives::Member, Some("Six friends")),
            (json!({ "role": "admin", "room": "tea" }), LinkGives::Admin, Some("tea")),
        ] {
            let made = invite(&ada, body).await;
            // However often one looks.
            for _ in 0..2 {
                let seen: LinkPreview = look(&made.code).await.expect(200).json();
                assert_eq!((seen.gives, seen.room.as_deref()), (gives, room));
                assert_eq!((&*seen.server, seen.expires), ("Club", made.expires));
            }
            joins(&server, &made.code, &format!("Bob {gives:?}")).await;
            assert_eq!(look(&made.code).await.problem(), ProblemCode::WrongSecret, "it is used up");
        }
        let link: holdline_shared::NewCode =
            ada.post("/api/v1/me/device-link", &json!({})).await.expect(201).json();
        let seen: LinkPreview = look(&link.code).await.expect(200).json();
        assert_eq!((seen.gives, seen.room), (LinkGives::Device, None));
        let revoked = invite(&ada, json!({})).await;
        ada.delete(&format!("/api/v1/invites/{}", revoked.id)).await.expect(204);
        let gone = invite(&ada, json!({ "room": den.room })).await;
        let den = den.room.as_str();
        ada.delete(&format!("/api/v1/rooms/{den}?confirm={den}")).await.expect(204);
        let unknown = redeem(&server.visitor(), "", "Eve").await;
        for code in [&*revoked.code, &*gone.code, "AAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let refused = look(code).await;
            assert_eq!((refused.status, &refused.body), (403, &unknown.body), "the answer of redeem itself");
        }
    })
    .await;
}

#[tokio::test]
async fn guest_who_redeems_keeps_id_and_messages() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let mut bob = server.person("Bob").await;
        let (id, said) = (bob.person().id.clone(), bob.says("before").await);
        let (code, before) = (invite(&ada, json!({})).await.code, bob.clone());
        let reply = redeem(&bob, &code, "Bob").await.expect(201);
        assert_eq!(bob.adopts(&reply).id, id);
        bob.patch(&format!("/api/v1/rooms/lobby/messages/{}", said.seq.0), &json!({ "text": "after" }))
            .await
            .expect(200);
        assert_eq!(is_in(&before).await, Err(ProblemCode::SessionInvalid), "the guest's token");
    })
    .await;
}

#[tokio::test]
async fn link_to_another_device_signs_in_once() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let link: holdline_shared::NewCode =
            ada.post("/api/v1/me/device-link", &json!({})).await.expect(201).json();
        assert!(invites_of(&ada).await.invites.iter().all(|invite| invite.id != link.id), "not an invite");
        let mut phone = server.person("Somebody").await;
        let reply = phone.post("/api/v1/redeem", &json!({ "code": link.code })).await.expect(201);
        assert_eq!(*phone.adopts(&reply), *ada.person());
        assert_eq!(redeem(&server.visitor(), &link.code, "Eve").await.problem(), ProblemCode::WrongSecret);
        let guest = server.person("Gus").await;
        let refused = guest.post("/api/v1/me/device-link", &json!({})).await;
        assert_eq!(refused.problem(), ProblemCode::NotAllowed);
    })
    .await;
}
