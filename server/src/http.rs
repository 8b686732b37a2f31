//! The router, served alone or nested in another axum app: the table of routes, and the translation between
//! axum's requests and responses and the calls and replies of [`api`](crate::api). Decides nothing about a
//! request.

mod assets;
mod body;
mod classic_page;
mod compression;
mod endpoint;
pub(crate) mod fuzzing;
mod methods;
mod openapi;
mod page_protection;
mod protection;
mod response;
mod routes;
#[cfg(feature = "outgoing-hooks")]
#[cfg(test)]
mod who_sees_what;

pub(crate) use endpoint::HEAD_BYTES;
pub use protection::BUILD;
pub(crate) use protection::protection_lines;
pub(crate) use routes::routes;
pub use routes::{router, router_with};
