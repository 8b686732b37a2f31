//! What a case is, and how all of them are run.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::timeout;

use crate::cases;
use crate::server::Server;

/// A case that hangs is one that fails; the longest waits a second by design.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a case comes to; why not, in words.
pub(crate) type Verdict = anyhow::Result<()>;

/// One numbered sentence about the protocol, and how it is tried.
pub(crate) struct Case {
    /// Its number, which never changes and is never used again.
    pub(crate) number: &'static str,
    /// What has to be true.
    pub(crate) title: &'static str,
    /// Tries it.
    pub(crate) run: fn(Server) -> Pin<Box<dyn Future<Output = Verdict>>>,
}

/// Runs the chosen cases, one after the other, and answers how many failed.
#[expect(clippy::print_stdout, reason = "the verdict is this program's output")]
pub(crate) async fn run_all(server: &Server, only: Option<&str>) -> usize {
    let (mut passed, mut failed) = (0, 0);
    for case in cases::all() {
        if only.is_some_and(|only| !case.number.contains(only) && !case.title.contains(only)) {
            continue;
        }
        let verdict = timeout(PATIENCE, (case.run)(server.clone())).await;
        let why = match verdict {
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
