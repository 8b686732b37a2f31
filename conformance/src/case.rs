//! Cases, and the runner of all cases.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::timeout;

use crate::cases;
use crate::server::Server;

/// The time limit of a case; by design, the longest waits for a second.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The result of a case, with the reason of a failure.
pub(crate) type CaseResult = anyhow::Result<()>;

/// A numbered statement about the protocol, with its test.
pub(crate) struct Case {
    /// The case's number, which never changes and is never reused.
    pub(crate) number: &'static str,
    /// The statement.
    pub(crate) title: &'static str,
    /// The test.
    pub(crate) run: fn(Server) -> Pin<Box<dyn Future<Output = CaseResult>>>,
}

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

/// Declares the cases of a file.
macro_rules! declare {
    ($($number:ident $title:literal $function:ident;)*) => {
        /// The cases of this file, in order.
        pub(super) const CASES: &[$crate::case::Case] = &[
            $($crate::case::Case {
                number: stringify!($number),
                title: $title,
                run: |server| Box::pin($function(server)),
            },)*
        ];
    };
}
pub(crate) use declare;
