//! Brings the page's state to the screen.

use std::rc::Rc;

use yew::prelude::*;

use super::Page;

/// The page, open as long as the component that shows it.
#[hook]
pub fn use_page() -> Rc<Page> {
    let render = use_force_update();
    let page = use_mut_ref(|| Rc::new(Page::open(Callback::from(move |()| render.force_update()))));
    let page = page.borrow();
    Rc::clone(&page)
}
