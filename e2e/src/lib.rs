//! Support for end-to-end tests: the stories in `tests/` and the programs in `src/bin/` start the real
//! executable and real browsers with it. Everything started here ends by `Drop`. Uses the program only as its
//! users do: by its flags, over HTTP, and through the page's stable hooks (`data-testid`).

mod axe;
mod browser;
mod chat;
mod executable;
mod person;
mod process;
mod proxy;
mod random;
mod relay;
mod server;
mod tabs;
mod wait;

pub use browser::{Browser, Device, Scheme};
pub use chat::{Chat, Listed, Row, Screen, key};
pub use executable::holdline;
pub use person::{Person, Staying, post_to_webhook, publish_plainly};
pub use process::{Output, Process};
pub use proxy::PrefixProxy;
pub use random::Random;
pub use relay::{Relay, Rule};
pub use server::{JOIN_PASSWORD, Server};
pub use wait::{Check, TIME_LIMIT, eventually, eventually_within};
