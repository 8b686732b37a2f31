//! Reports, and the audit: what it tells of each change, and to whom.

use holdline_shared::ProblemCode;
use serde_json::{Value, json};

use super::{add, admin, both_ways, den, member, member_path, path};
use crate::support::Client;

#[tokio::test]
async fn report_reaches_the_audit_of_admins_without_what_they_may_not_read() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        let den = den(&bo).await;
        add(&bo, &den, &cy).await;
        let said = bo.says_in(den.as_str(), "mean").await;
        let report = path(&den, &format!("/messages/{}/report", said.seq));
        let why = json!({ "reason": "mean words" });
        assert_eq!(server.person("Dee").await.post(&report, &why).await.problem(), ProblemCode::UnknownRoom);
        let missing = path(&den, "/messages/9999/report");
        assert_eq!(cy.post(&missing, &why).await.problem(), ProblemCode::UnknownMessage);
        cy.post(&report, &why).await.expect(204);
        assert_eq!(bo.get("/api/v1/audit").await.problem(), ProblemCode::NotAllowed);
        let audit = ada.get("/api/v1/audit").await.expect(200);
        let page: Value = audit.json();
        let entries = page["entries"].as_array().unwrap();
        let newest = &entries[0];
        assert_eq!(
            (&newest["change"]["change"], &newest["change"]["seq"]),
            (&json!("reported"), &json!(said.seq))
        );
        assert_eq!((&newest["author"]["name"], &newest["room"]), (&json!("Cy"), &json!(den)));
        assert!(
            newest["change"].get("person").is_none(),
            "an admin who may not read the room is not told the author"
        );
        let of_den = entries.iter().filter(|entry| entry["room"] == den.as_str()).count();
        assert_eq!(of_den, 1, "the report alone: {page}");
        assert_eq!(page["more"], false);
        for hidden in ["code", "session", "secret", "passphrase", "password"] {
            assert!(!audit.text().contains(&format!("\"{hidden}\":")), "{hidden}: {}", audit.text());
        }
        let before = format!("/api/v1/audit?before={}", newest["seq"]);
        let older: Value = ada.get(&before).await.expect(200).json();
        assert_eq!(older["entries"].as_array().unwrap().len(), entries.len() - 1);
    })
    .await;
}

#[tokio::test]
async fn audit_tells_whom_a_lifted_ban_and_a_report_are_about() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, gus) = (member(&server, &ada, "Bo").await, server.person("Gus").await);
        let newest = async || {
            let page: Value = ada.get("/api/v1/audit").await.expect(200).json();
            page["entries"][0].clone()
        };
        let lift = async |ban: &Value| {
            ada.delete(&format!("/api/v1/bans/{}", ban["id"].as_str().unwrap())).await.expect(204);
            newest().await["change"].clone()
        };
        let ban = format!("/api/v1/people/{}/ban", gus.person().id);
        let ban: Value = ada.put(&ban, &json!({ "name": "Gus", "reason": "loud" })).await.expect(201).json();
        let lifted = lift(&ban).await;
        assert_eq!((&lifted["change"], &lifted["person"]), (&json!("unbanned"), &ban["person"]));
        assert!(lifted.get("visitor").is_none() && lifted.get("reason").is_none(), "{lifted}");
        let of_address = json!({ "visitor": "192.0.2.7", "until": 4_000_000_000_000_u64 });
        let ban: Value = ada.post("/api/v1/bans", &of_address).await.expect(201).json();
        // More lines than a page has.
        ada.makes_room("tea").await;
        let tea = "tea".parse().unwrap();
        for n in 0..130 {
            let role = ["member", "admin"][n % 2];
            ada.put(&member_path(&tea, &bo), &json!({ "role": role })).await.expect(200);
        }
        let lifted = lift(&ban).await;
        assert_eq!(lifted["visitor"], "192.0.2.7");
        assert!(lifted.get("person").is_none(), "{lifted}");
        let said = gus.says_in("tea", "mean").await;
        bo.post(&path(&tea, &format!("/messages/{}/report", said.seq)), &json!({})).await.expect(204);
        let report = newest().await;
        let told = (&report["room"], &report["change"]["seq"], &report["change"]["person"]["name"]);
        assert_eq!(told, (&json!("tea"), &json!(said.seq), &json!("Gus")));
    })
    .await;
}

#[tokio::test]
async fn audit_tells_the_act_behind_each_part_of_a_member() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        ada.makes_room("tea").await;
        let tea = "tea".parse().unwrap();
        let act = async || {
            let page: Value = ada.get("/api/v1/audit").await.expect(200).json();
            page["entries"][0]["change"].clone()
        };
        let put = async |whom: &Client, body: Value| {
            ada.put(&member_path(&tea, whom), &body).await.expect(200);
            act().await
        };
        let late = json!(4_000_000_000_000_u64);
        for (body, expected, is_muted) in [
            (json!({ "role": "member" }), "added", false),
            (json!({ "role": "admin" }), "role_changed", false),
            (json!({ "muted_until": late }), "muted", true),
            (json!({ "role": "member" }), "role_changed", true),
            (json!({ "muted_until": null }), "unmuted", false),
            (json!({ "role": "none" }), "removed", false),
        ] {
            let told = put(&bo, body.clone()).await;
            assert_eq!(told["act"], expected, "{body}");
            assert_eq!(told.get("muted_until"), is_muted.then_some(&late), "{body}");
        }
        ada.put(&member_path(&tea, &bo), &json!({ "role": "admin" })).await.expect(200);
        bo.put(&member_path(&tea, &ada), &json!({ "role": "member" })).await.expect(200);
        assert_eq!(act().await["act"], "role_changed", "of whoever made the room");
        bo.put(&member_path(&tea, &ada), &json!({ "role": "admin" })).await.expect(200);
        assert_eq!(put(&cy, json!({ "muted_until": late })).await["act"], "muted", "who is no member");
        assert_eq!(put(&cy, json!({ "muted_until": null })).await["act"], "unmuted");
        add(&ada, &tea, &bo).await;
        bo.delete(&member_path(&tea, &bo)).await.expect(200);
        assert_eq!(act().await["act"], "left");
    })
    .await;
}

#[tokio::test]
async fn audit_goes_on_page_by_page() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        ada.makes_room("tea").await;
        let tea = "tea".parse().unwrap();
        for n in 0..130 {
            let role = ["member", "admin"][n % 2];
            ada.put(&member_path(&tea, &bo), &json!({ "role": role })).await.expect(200);
        }
        let (mut before, mut seqs) = (String::new(), Vec::new());
        loop {
            let page: Value = ada.get(&format!("/api/v1/audit{before}")).await.expect(200).json();
            seqs.extend(
                page["entries"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()),
            );
            if page["more"] == false {
                break;
            }
            before = format!("?before={}", seqs.last().unwrap());
        }
        assert!(seqs.len() > 131 && seqs.is_sorted_by(|a, b| a > b), "{seqs:?}");
    })
    .await;
}
