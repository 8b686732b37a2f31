//! The people whose names look the same.

use yew::prelude::*;

use crate::state::Namesakes;

/// Returns the namesakes that the app provides; none in tests of single components.
#[hook]
pub fn use_namesakes() -> Namesakes {
    use_context::<Namesakes>().unwrap_or_default()
}
