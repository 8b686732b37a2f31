//! Holdline end to end: what the stories in `tests/` and the photographer in `src/bin/` need to start the real
//! executable and real browsers. Everything started here ends by `Drop`. Knows the program only as its users do: by its
//! flags, over HTTP, and through the page's stable hooks (`data-testid`).

mod axe;
mod browser;
mod chat;
mod dice;
mod executable;
mod patience;
mod person;
mod process;
mod proxy;
mod relay;
mod server;

pub use browser::{Browser, Device, Scheme};
pub use chat::{Chat, Listed, Row, Screen, key};
pub use dice::Dice;
pub use executable::holdline;
pub use patience::{Look, PATIENCE, eventually, eventually_within};
pub use person::{Person, Staying, publish_plainly};
pub use process::{Output, Process};
pub use proxy::PrefixProxy;
pub use relay::{Relay, Rule};
pub use server::Server;
