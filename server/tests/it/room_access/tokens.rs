//! Tokens: whose they are, who sees them, and that they are shown once.

use holdline_shared::ProblemCode;
use serde_json::{Value, json};

use super::{admin, both_ways, member};

#[tokio::test]
async fn token_is_shown_once_and_listed_to_whom_it_concerns() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        let body = json!({ "rooms": ["lobby"], "verbs": ["read"], "note": "backup" });
        let made: Value = bo.post("/api/v1/tokens", &body).await.expect(201).json();
        let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
        assert!(token.starts_with("hlt_") && token.len() > 30, "{token}");
        let listed = json!([{ "id": id, "person": bo.person(), "rooms": ["lobby"], "verbs": ["read"], "note": "backup" }]);
        for (who, expected) in [(&bo, &listed), (&ada, &listed), (&cy, &json!([]))] {
            let list = who.get("/api/v1/tokens").await.expect(200);
            assert_eq!(&list.json::<Value>()["tokens"], expected);
            assert!(!list.text().contains(token));
        }
        let path = format!("/api/v1/tokens/{id}");
        assert_eq!(cy.delete(&path).await.problem(), ProblemCode::UnknownItem);
        bo.delete(&path).await.expect(204);
        assert_eq!(bo.delete(&path).await.problem(), ProblemCode::UnknownItem);
    })
    .await;
}

#[tokio::test]
async fn token_of_another_person_or_a_bot_is_an_admins() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, guest) = (member(&server, &ada, "Bo").await, server.person("Guest").await);
        let of = |person: &holdline_shared::Person| json!({ "person": person.id });
        assert_eq!(bo.post("/api/v1/tokens", &of(ada.person())).await.problem(), ProblemCode::NotAllowed);
        assert_eq!(guest.post("/api/v1/tokens", &json!({})).await.problem(), ProblemCode::NotAllowed);
        assert_eq!(
            bo.post("/api/v1/tokens", &json!({ "bot": "Robo" })).await.problem(),
            ProblemCode::NotAllowed
        );
        ada.post("/api/v1/tokens", &of(bo.person())).await.expect(201);
        let made: Value = ada.post("/api/v1/tokens", &json!({ "bot": "Robo" })).await.expect(201).json();
        let again = ada.post("/api/v1/tokens", &json!({ "bot": "Robo" })).await;
        assert_eq!(again.problem(), ProblemCode::NameTaken);
        let more: Value =
            ada.post("/api/v1/tokens", &json!({ "person": made["person"] })).await.expect(201).json();
        assert_ne!(more["token"], made["token"]);
        for wrong in [
            json!({ "verbs": [] }),
            json!({ "rooms": [] }),
            json!({ "verbs": ["fly"] }),
            json!({ "person": "a", "bot": "b" }),
            json!({ "note": 1 }),
        ] {
            assert_eq!(ada.post("/api/v1/tokens", &wrong).await.problem(), ProblemCode::InvalidBody);
        }
    })
    .await;
}
