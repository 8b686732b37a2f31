//! Steps to other addresses, also where the browser refuses them.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use holdline_frontend::api;
use js_sys::{Function, Reflect};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{History, Location, Window};

fn window() -> Window {
    web_sys::window().unwrap()
}

fn location() -> Location {
    window().location()
}

fn history() -> History {
    window().history().unwrap()
}

#[wasm_bindgen_test]
fn step_is_told_as_the_browsers_own_are() {
    let start = location().href().unwrap();
    let heard = Rc::new(RefCell::new(Vec::new()));
    let listener = {
        let heard = Rc::clone(&heard);
        EventListener::new(&window(), "popstate", move |_| {
            heard.borrow_mut().push(location().pathname().unwrap());
        })
    };
    let length = history().length().unwrap();
    api::step_to("/r/tea");
    drop(listener);
    assert_eq!(*heard.borrow(), ["/r/tea"]);
    assert_eq!(history().length().unwrap(), length + 1, "there is a way back");
    history().replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&start)).unwrap();
}

/// The address differs by its fragment alone, so that the browser goes there without leaving the tests.
#[wasm_bindgen_test]
fn step_that_the_browser_refuses_is_made_as_by_a_link() {
    let refuse = Function::new_no_args("throw new DOMException('too many steps', 'SecurityError')");
    Reflect::set(&history(), &"pushState".into(), &refuse).unwrap();
    let here = location().pathname().unwrap();
    api::step_to(&format!("{here}#refused"));
    // What stands on the object itself hides what every history has.
    Reflect::delete_property(&history(), &"pushState".into()).unwrap();
    assert_eq!(location().hash().unwrap(), "#refused");
}
