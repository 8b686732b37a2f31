//! The steps of `check` and `test`: one command each, by name.

mod client;
mod context;
mod host;

use anyhow::Result;

pub(crate) use self::context::Context;
use crate::{build, faults, tidy};

/// A step.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Context<'_>) -> Result<()>,
}

/// The steps: the fast ones first, and last those that need all others.
pub(crate) const ALL: [Step; 13] = [
    Step { name: "tidy", about: "the house rules", run: |context| tidy::command(context.sh) },
    Step { name: "format", about: "rustfmt", run: host::format },
    Step { name: "clippy", about: "lints; up to three minutes the first time", run: host::clippy },
    Step {
        name: "units",
        about: "all tests of this machine; up to four minutes the first time",
        run: host::units,
    },
    Step { name: "components", about: "the client's tests on this machine", run: host::components },
    Step { name: "docs", about: "documentation, without warnings", run: host::docs },
    Step { name: "client-clippy", about: "lints of the client as the browser gets it", run: client::clippy },
    Step {
        name: "browser",
        about: "the client's tests in a browser; two minutes the first time",
        run: client::browser,
    },
    Step {
        name: "build",
        about: "the real executable; five minutes the first time",
        run: |context| build::command(context.sh),
    },
    Step {
        name: "plain-build",
        about: "trunk alone makes the client that is embedded",
        run: client::plain_build,
    },
    Step {
        name: "faults",
        about: "killed, cut, doubled, filled up: nothing is lost; about two minutes",
        run: |context| faults::short(context.sh),
    },
    Step { name: "end-to-end", about: "browsers against the real executable", run: client::end_to_end },
    Step { name: "firefox", about: "the main stories in Firefox; about a minute", run: client::firefox },
];

/// The steps of `check`: all that need neither a browser nor the executable.
pub(crate) const CHECK: [&str; 5] = ["tidy", "format", "clippy", "docs", "client-clippy"];
