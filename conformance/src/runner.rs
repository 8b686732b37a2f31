//! Runs cases and prints their results.

use std::time::Duration;

use tokio::time::timeout;

use crate::cases;
use crate::server::Server;

/// The time limit of a case; by design, the longest waits for a second.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Runs the selected cases in order; returns the number of failures.
#[expect(clippy::print_stdout, reason = "the results are this program's output")]
pub(crate) async fn run_all(server: &Server, only: Option<&str>) -> usize {
    let (mut passed, mut failed) = (0, 0);
    for case in cases::all() {
        if only.is_some_and(|only| !case.number.contains(only) && !case.title.contains(only)) {
            continue;
        }
        let result = timeout(TIME_LIMIT, (case.run)(server.clone())).await;
        let why = match result {
            Ok(Ok(())) => None,
            Ok(Err(why)) => Some(format!("{why:#}")),
            Err(_) => Some("no answer in time".to_owned()),
        };
        println!("{} {} {}", case.number, if why.is_none() { "pass" } else { "FAIL" }, case.title);
        match why {
            None => passed += 1,
            Some(why) => {
                failed += 1;
                println!("         {why}");
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    failed
}
