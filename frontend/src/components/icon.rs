//! The few icons of the page, drawn inline so that no file is loaded for them.

use yew::prelude::*;

/// The icons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Three lines: the rooms.
    Menu,
    /// Two heads: the people.
    People,
    /// A cross.
    Close,
    /// A bent arrow: reply.
    Reply,
    /// A pencil.
    Edit,
    /// A bin.
    Delete,
    /// An arrow up: send.
    Send,
    /// A clock.
    Clock,
    /// A closed lock.
    Lock,
    /// A flag.
    Flag,
    /// A speech balloon.
    Talk,
    /// Two sliders.
    Settings,
}

/// An icon next to a word or in place of it; its button has the name.
pub fn icon(shape: Shape) -> Html {
    let path = match shape {
        Shape::Menu => "M4 7h16M4 12h16M4 17h10",
        Shape::People => {
            "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5c2 .7 3.2 2.500 3.500 5.500"
        }
        Shape::Close => "M6 6l12 12M18 6L6 18",
        Shape::Reply => "M10 5L4 11l6 6M4 11h9c4 0 7 3 7 8",
        Shape::Edit => "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
        Shape::Delete => "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5",
        Shape::Send => "M12 20V5M5.500 11.500L12 5l6.500 6.500",
        Shape::Lock => "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
        Shape::Flag => "M6 21V4h12l-3 4 3 4H6",
        Shape::Talk => "M4 5h16v11H11l-4 4v-4H4z",
        Shape::Settings => "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4",
        Shape::Clock => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.500 2",
    };
    html! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={path} /></svg> }
}

/// Holdline's logo: a line that makes a loop while it is held.
pub fn logo() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
            <path d="M2 22h8c8 0 12-14 6-14s-2 14 6 14h8" />
        </svg>
    }
}
