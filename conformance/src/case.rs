//! Cases: numbered statements with their tests.

use std::future::Future;
use std::pin::Pin;

use crate::server::Server;

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
