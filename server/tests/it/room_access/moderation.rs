//! Moderation: deleting others' messages, silences and bans.

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::ProblemCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::{admin, both_ways, den, member, member_path, path};
use crate::support::{Client, Reply, Server, trusting_loopback, until, within};

#[tokio::test]
async fn admins_of_a_room_delete_messages_of_others() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        bo.makes_room("tea").await;
        let said = cy.says_in("tea", "spam").await;
        let message = format!("/api/v1/rooms/tea/messages/{}", said.seq);
        assert_eq!(server.person("Dee").await.delete(&message).await.problem(), ProblemCode::NotAuthor);
        bo.delete(&format!("{message}?reason=selling")).await.expect(200);
        bo.delete(&message).await.expect(204);
        let audit: Value = ada.get("/api/v1/audit").await.expect(200).json();
        let (noted, change) = (&audit["entries"][0], &audit["entries"][0]["change"]);
        assert_eq!((&noted["author"]["name"], &noted["room"]), (&json!("Bo"), &json!("tea")));
        assert_eq!((&change["change"], &change["seq"]), (&json!("message_deleted"), &json!(said.seq)));
        assert_eq!((&change["person"]["name"], &change["reason"]), (&json!("Cy"), &json!("selling")));
        let own = cy.says_in("tea", "a slip").await;
        cy.delete(&format!("/api/v1/rooms/tea/messages/{}", own.seq)).await.expect(200);
        let audit: Value = ada.get("/api/v1/audit").await.expect(200).json();
        assert_eq!(&audit["entries"][0], noted, "whoever deletes their own message is not noted");
        let said = cy.says_in("lobby", "spam").await;
        let message = format!("/api/v1/rooms/lobby/messages/{}", said.seq);
        assert_eq!(bo.delete(&message).await.problem(), ProblemCode::NotAuthor);
        ada.delete(&message).await.expect(200);
        let den = den(&bo).await;
        let said = bo.says_in(den.as_str(), "private").await;
        let message = path(&den, &format!("/messages/{}", said.seq));
        assert_eq!(ada.delete(&message).await.problem(), ProblemCode::UnknownRoom, "an admin is no member");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_kept_out_is_told_until_when_and_why() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, guest) = (member(&server, &ada, "Bo").await, server.person("Guest").await);
        // The end of the year 2099.
        let until = 4_102_444_799_000_u64;
        ada.put(&member_path(&"lobby".parse().unwrap(), &bo), &json!({ "muted_until": until }))
            .await
            .expect(200);
        let key = crate::support::key();
        let silenced = bo.publishes("lobby", key, "but").await.expect(403);
        assert!(silenced.text().contains("until Thu, 31 Dec 2099 23:59:59 GMT"), "{}", silenced.text());
        let ban = format!("/api/v1/people/{}/ban", guest.person().id);
        ada.put(&ban, &json!({ "until": until - 1, "reason": "loud" })).await.expect(201);
        ada.put(&ban, &json!({ "until": until, "reason": "selling" })).await.expect(201);
        ada.put(&ban, &json!({ "until": until - 2, "reason": "rude" })).await.expect(201);
        for way in ["/api/v1/rooms", "/api/v1/poll?room=lobby&wait=0"] {
            let refused = guest.get(way).await.expect(403);
            let said = "banned from this server until Thu, 31 Dec 2099 23:59:59 GMT: selling";
            assert!(refused.text().contains(said), "{}", refused.text());
        }
        ada.put(&format!("/api/v1/people/{}/ban", bo.person().id), &json!({})).await.expect(201);
        let refused = bo.get("/api/v1/rooms").await.expect(403);
        assert!(refused.text().contains("banned from this server for good\""), "{}", refused.text());
    })
    .await;
}

#[tokio::test]
async fn nobody_is_not_banned_and_nobody_shuts_themselves_out() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        for path in ["/api/v1/people/nobody/ban", "/api/v1/rooms/lobby/members/nobody"] {
            assert_eq!(ada.put(path, &json!({})).await.problem(), ProblemCode::UnknownPerson);
        }
        let named = json!({ "name": "Nobody" });
        assert_eq!(ada.put("/api/v1/people/nobody/ban", &named).await.problem(), ProblemCode::UnknownPerson);
        // A guest is kept out by a name, too, that is an account's by now.
        let zoe = server.person("Zoe").await;
        member(&server, &ada, "Zoe").await;
        let ban =
            ada.put(&format!("/api/v1/people/{}/ban", zoe.person().id), &json!({ "name": "Zoe" })).await;
        ada.delete(&format!("/api/v1/bans/{}", ban.expect(201).json::<Value>()["id"].as_str().unwrap()))
            .await;
        let nobody = json!({ "people": ["nobody"] });
        assert_eq!(ada.post("/api/v1/direct", &nobody).await.problem(), ProblemCode::UnknownPerson);
        let guest = server.person("Guest").await;
        let past =
            ada.put(&format!("/api/v1/people/{}/ban", guest.person().id), &json!({ "until": 1 })).await;
        assert_eq!(past.problem(), ProblemCode::InvalidBody);
        guest.says("still here").await;
        assert_eq!(ada.get("/api/v1/bans").await.json::<Value>(), json!({ "bans": [] }));
    })
    .await;
}

#[tokio::test]
async fn nobody_ends_their_own_silence() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        bo.makes_room("tea").await;
        let tea = "tea".parse().unwrap();
        let own = member_path(&tea, &bo);
        let (sooner, later) = (4_102_444_798_000_u64, 4_102_444_799_000_u64);
        bo.put(&own, &json!({ "muted_until": later })).await.expect(200);
        for change in [json!({ "muted_until": null }), json!({ "muted_until": sooner })] {
            let refused = bo.put(&own, &change).await.expect(403);
            assert!(refused.text().contains("another admin of this room can"), "{}", refused.text());
        }
        // An admin of the server in a room that everybody may read.
        let own = member_path(&"lobby".parse().unwrap(), &ada);
        ada.put(&own, &json!({ "muted_until": later })).await.expect(200);
        ada.put(&own, &json!({ "muted_until": null })).await.expect(403);
        ada.put(&member_path(&tea, &bo), &json!({ "muted_until": null })).await.expect(200);
        bo.says_in("tea", "again").await;
    })
    .await;
}

#[tokio::test]
async fn ban_is_an_admins_and_ends_by_its_id_or_person() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, guest) = (member(&server, &ada, "Bo").await, server.person("Guest").await);
        let ban = format!("/api/v1/people/{}/ban", guest.person().id);
        for refused in [
            bo.get("/api/v1/bans").await,
            bo.post("/api/v1/bans", &json!({ "person": guest.person().id })).await,
            bo.put(&ban, &json!({})).await,
            bo.delete(&ban).await,
            bo.delete("/api/v1/bans/x").await,
        ] {
            assert_eq!(refused.problem(), ProblemCode::NotAllowed);
        }
        let made: Value =
            ada.put(&ban, &json!({ "reason": "loud", "name": "Guest" })).await.expect(201).json();
        assert_eq!((&made["person"]["name"], &made["reason"]), (&json!("Guest"), &json!("loud")));
        assert_eq!(guest.get("/api/v1/rooms").await.problem(), ProblemCode::Banned);
        let list: Value = ada.get("/api/v1/bans").await.expect(200).json();
        assert_eq!(list["bans"], json!([made]));
        ada.delete(&format!("/api/v1/bans/{}", made["id"].as_str().unwrap())).await.expect(204);
        guest.says("back").await;
        ada.put(&ban, &json!({})).await.expect(201);
        ada.put(&ban, &json!({})).await.expect(201);
        ada.delete(&ban).await.expect(204);
        guest.says("back again").await;
        assert_eq!(ada.delete("/api/v1/bans/gone").await.problem(), ProblemCode::UnknownItem);
        let forever = ada.post("/api/v1/bans", &json!({ "visitor": "198.51.100.7" })).await;
        assert_eq!(forever.problem(), ProblemCode::InvalidBody, "addresses change hands");
        let until = json!({ "visitor": "2001:db8::7", "until": 4_000_000_000_000_u64 });
        let network: Value = ada.post("/api/v1/bans", &until).await.expect(201).json();
        assert_eq!(network["visitor"], "2001:db8::");
        assert_eq!(ada.post("/api/v1/bans", &json!({})).await.problem(), ProblemCode::InvalidBody);
    })
    .await;
}

#[tokio::test]
async fn ban_with_the_visitor_keeps_out_whoever_comes_from_there() {
    for loops in [1, 0] {
        let mut config = ServeConfig::default();
        (config.event_loops, config.http) = (Some(loops), trusting_loopback());
        let server = Server::with(HubConfig::default(), config).await;
        let ask = async |client: &Client, address: &str, path: &str| {
            let request = client.request(Method::GET, path).header("x-forwarded-for", address);
            Reply::from(request.send().await.unwrap()).await
        };
        let rooms = "/api/v1/rooms";
        let ada = admin(&server).await;
        let (eve, pat, stranger) = (server.person("Eve").await, server.person("Pat").await, server.visitor());
        for (client, address) in
            [(&ada, "203.0.113.7"), (&eve, "203.0.113.7"), (&eve, "2001:db8::7"), (&pat, "2001:db8:1::7")]
        {
            ask(client, address, rooms).await.expect(200);
        }
        let held = pat.request(Method::GET, "/api/v1/poll?room=lobby&wait=100");
        let held = held.header("x-forwarded-for", "2001:db8::aaaa");
        let held = tokio::spawn(async move { Reply::from(held.send().await.unwrap()).await });
        until("a poll is held", || server.hub.held() == 1).await;
        let path = format!("/api/v1/people/{}/ban", eve.person().id);
        let ban = ada.request(Method::PUT, &path).header("x-forwarded-for", "203.0.113.7");
        let ban = ban.json(&json!({ "visitor_too": true, "reason": "spam" }));
        let made: Value = Reply::from(ban.send().await.unwrap()).await.expect(201).json();
        assert_eq!(made["visitors"], json!(["2001:db8::"]), "not the address of the admin's own house");
        assert!(made["until"].is_null() && made["visitors_until"].is_u64(), "{made}");
        let ended = within("the end of the poll", held).await.unwrap();
        assert_eq!(ended.problem(), ProblemCode::SessionInvalid, "{}", ended.text());
        for (client, address, problem) in [
            (&eve, "198.51.100.1", Some(ProblemCode::Banned)),
            (&pat, "2001:db8::8", Some(ProblemCode::Banned)),
            (&stranger, "2001:db8:0:0:ffff::", Some(ProblemCode::Banned)),
            // Whoever lost only their name reads what everybody reads.
            (&stranger, "203.0.113.7", None),
            (&pat, "2001:db8:1::7", None),
            (&ada, "203.0.113.7", None),
        ] {
            let reply = ask(client, address, rooms).await;
            assert_eq!(
                (reply.status != 200).then(|| reply.problem()),
                problem,
                "{address}: {}",
                reply.text()
            );
        }
        let begun =
            stranger.request(Method::POST, "/api/v1/session").header("x-forwarded-for", "2001:db8::9");
        let begun = Reply::from(begun.send().await.unwrap()).await;
        assert_eq!(begun.problem(), ProblemCode::Banned);
        // The end of the person's ban is that of the addresses'.
        ada.delete(&path).await.expect(204);
        ask(&stranger, "2001:db8::9", rooms).await.expect(200);
        let gone = ada.put(&path, &json!({ "visitor_too": true, "until": 4_000_000_000_000_u64 })).await;
        assert_eq!(gone.expect(201).json::<Value>()["visitors_until"], 4_000_000_000_000_u64);
        ask(&eve, "2001:db8::9", rooms).await.expect(403);
        let own = ada.request(Method::POST, "/api/v1/bans").header("x-forwarded-for", "203.0.113.99");
        let own = own.json(&json!({ "visitor": "203.0.113.99", "until": 4_000_000_000_000_u64 }));
        let refused = Reply::from(own.send().await.unwrap()).await;
        assert!(refused.text().contains("you would shut yourself out"), "{}", refused.text());
        let bans = "/api/v1/bans";
        let until = json!({ "visitor": "203.0.113.9", "until": 4_000_000_000_000_u64, "visitor_too": true });
        assert_eq!(ada.post(bans, &until).await.problem(), ProblemCode::InvalidBody);
    }
}

#[tokio::test]
async fn banned_account_reads_nothing_with_its_cookie_at_an_open_door() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let ban = format!("/api/v1/people/{}/ban", bo.person().id);
        ada.put(&ban, &json!({})).await.expect(201);
        for path in
            ["/api/v1/rooms", "/api/v1/rooms/lobby/messages", "/api/v1/poll?room=lobby&wait=0", "/api/v1/me"]
        {
            assert_eq!(bo.get(path).await.problem(), ProblemCode::Banned, "{path}");
        }
        let session = bo.post("/api/v1/session", &json!({ "nickname": "Bob" })).await;
        assert_eq!(session.problem(), ProblemCode::Banned);
        ada.delete(&ban).await.expect(204);
        assert_eq!(bo.get("/api/v1/me").await.problem(), ProblemCode::SessionInvalid);
    })
    .await;
}

#[tokio::test]
async fn bans_forget_the_name_of_an_erased_person() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        ada.put(&format!("/api/v1/people/{}/ban", bo.person().id), &json!({})).await.expect(201);
        ada.delete(&format!("/api/v1/people/{}?messages=keep", bo.person().id)).await.expect(204);
        let list: Value = ada.get("/api/v1/bans").await.expect(200).json();
        assert_eq!(list["bans"][0]["person"]["name"], "deleted person");
    })
    .await;
}
