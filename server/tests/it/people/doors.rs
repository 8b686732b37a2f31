//! Doors: who gets in, who stays when one is changed, and what a stranger hears at each.

use holdline_shared::{Door, DoorStatus, ProblemCode};
use serde_json::json;

use super::{PASSPHRASE, admin, both_ways, is_in, member, set_door, sign_in};

#[tokio::test]
async fn password_lets_guests_in_and_a_new_one_out() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let before = server.person("Gus").await;
        let missing = ada.put("/api/v1/door", &json!({ "door": "password" })).await;
        assert_eq!(missing.problem(), ProblemCode::InvalidBody);
        set_door(&ada, json!({ "door": "password", "password": "open sesame" })).await;
        assert_eq!(is_in(&before).await, Err(ProblemCode::SessionInvalid), "came in by the open door");
        let stranger = server.visitor();
        for (password, problem) in [
            (json!(null), ProblemCode::SessionRequired),
            (json!("open barley"), ProblemCode::WrongSecret),
            (json!(""), ProblemCode::WrongSecret),
        ] {
            let body = json!({ "nickname": "Gus", "password": password });
            assert_eq!(stranger.post("/api/v1/session", &body).await.problem(), problem, "{password}");
        }
        let body = json!({ "nickname": "Gus", "password": "open sesame" });
        let mut gus = server.visitor();
        let reply = stranger.post("/api/v1/session", &body).await.expect(201);
        gus.adopts(&reply);
        gus.says("I am in").await;
        gus.enters("Gustav").await;
        set_door(&ada, json!({ "door": "password", "password": "open wheat" })).await;
        assert_eq!(is_in(&gus).await, Err(ProblemCode::SessionInvalid));
        assert_eq!(is_in(&ada).await, Ok(()), "members stay");
        set_door(&ada, json!({ "door": "open" })).await;
        assert_eq!(is_in(&gus).await, Ok(()), "an open door lets everybody back in");
    })
    .await;
}

#[tokio::test]
async fn door_is_shown_to_strangers_and_changed_by_admins_alone() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bob = member(&server, &ada, "Bob").await;
        let refused = bob.put("/api/v1/door", &json!({ "door": "invite" })).await;
        assert_eq!(refused.problem(), ProblemCode::NotAllowed);
        let proxy = ada.put("/api/v1/door", &json!({ "door": "proxy" })).await;
        assert_eq!(proxy.problem(), ProblemCode::NotAllowed, "no proxy is configured");
        let odd = ada.put("/api/v1/door", &json!({ "door": "invite", "password": "open sesame" })).await;
        assert_eq!(odd.problem(), ProblemCode::InvalidBody);
        set_door(&ada, json!({ "door": "invite" })).await;
        let status = async |client: &crate::support::Client| -> DoorStatus {
            client.get("/api/v1/door").await.expect(200).json()
        };
        let shown = status(&server.visitor()).await;
        assert_eq!((shown.door, shown.person, &*shown.server), (Door::Invite, None, "Holdline"));
        let person = status(&bob).await.person.unwrap();
        assert_eq!(person.profile.person, *bob.person());
        let refused = server.visitor().post("/api/v1/session", &json!({ "nickname": "Gus" })).await;
        assert_eq!(refused.problem(), ProblemCode::SessionRequired);
        assert!(refused.text().contains("door: invite"), "{}", refused.text());
        sign_in(&server.visitor(), "Bob", PASSPHRASE).await.expect(201);
    })
    .await;
}
