//! Deleting rooms.

use holdline_shared::{ProblemCode, RoomName};
use serde_json::json;

use super::{add, admin, both_ways, den, member, path};
use crate::support::within;

#[tokio::test]
async fn room_is_deleted_by_its_admins_who_confirm_it() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let den = den(&ada).await;
        add(&ada, &den, &bo).await;
        ada.says_in(den.as_str(), "secret").await;
        let confirmed = path(&den, &format!("?confirm={den}"));
        for query in ["", "?confirm=", "?confirm=den"] {
            assert_eq!(ada.delete(&path(&den, query)).await.problem(), ProblemCode::InvalidParameter);
        }
        assert_eq!(bo.delete(&confirmed).await.problem(), ProblemCode::NotAllowed);
        let poll = tokio::spawn({
            let (bo, den) = (bo.clone(), den.clone());
            async move { bo.poll(&format!("room={den}&wait=60")).await }
        });
        crate::support::until("the poll is held", || server.hub.held() > 0).await;
        ada.delete(&confirmed).await.expect(204);
        assert_eq!(within("the end", poll).await.unwrap().problem(), ProblemCode::UnknownRoom);
        for who in [&ada, &bo] {
            assert_eq!(who.get(&path(&den, "/messages")).await.problem(), ProblemCode::UnknownRoom);
            assert_eq!(who.put(&path(&den, ""), &json!({})).await.problem(), ProblemCode::NameTaken);
            let all = who.polls("room=*&after=start&wait=0").await;
            assert!(all.entries.iter().all(|entry| entry.room != den));
        }
        assert_eq!(ada.delete(&confirmed).await.problem(), ProblemCode::UnknownRoom);
    })
    .await;
}

#[tokio::test]
async fn poll_of_all_rooms_goes_on_through_the_deletion_of_a_private_one() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let gus = server.person("Gus").await;
        let before = gus.polls("room=*&after=now&wait=0").await.cursor;
        let den = den(&ada).await;
        ada.says_in(den.as_str(), "secret").await;
        let held = tokio::spawn({
            let gus = gus.clone();
            async move { gus.polls(&format!("room=*&after={before}&wait=60")).await }
        });
        crate::support::until("the poll is held", || server.hub.held() > 0).await;
        ada.delete(&path(&den, &format!("?confirm={den}"))).await.expect(204);
        ada.says("hello").await;
        let told = within("a message", held).await.unwrap().entries;
        assert!(told.len() == 1 && told[0].room == RoomName::lobby(), "{told:?}");
        let again = gus.polls(&format!("room=*&after={before}&wait=0")).await;
        assert_eq!(again.entries, told, "nor has a later one a gap");
    })
    .await;
}

#[tokio::test]
async fn lobby_stays_and_a_public_room_is_made_anew() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let lobby = ada.delete("/api/v1/rooms/lobby?confirm=lobby").await;
        assert_eq!(lobby.problem(), ProblemCode::NotAllowed);
        ada.put("/api/v1/rooms/lobby", &json!({ "policy": { "title": "Hall" } })).await.expect(200);
        ada.makes_room("tea").await;
        ada.says_in("tea", "before").await;
        ada.delete("/api/v1/rooms/tea?confirm=TEA").await.expect(204);
        ada.makes_room("tea").await;
        let tea: RoomName = "tea".parse().unwrap();
        let all = ada.polls("room=tea&after=start&wait=0").await;
        assert_eq!((all.entries.len(), &all.entries[0].room), (1, &tea));
    })
    .await;
}
