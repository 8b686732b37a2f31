//! An element, put together step by step. `html!` writes the same out at each place where it stands, and a visitor
//! loads it for each place: a third of the client. So it is kept for components and for what listens.

use std::rc::Rc;

use yew::prelude::*;
use yew::virtual_dom::{VNode, VTag, VText};

/// An element in the making.
pub struct Tag(Rc<VTag>);

/// Begins with what never changes of it: `button|type=button|class=tool send`.
#[inline(never)]
pub fn tag(opening: &'static str) -> Tag {
    let mut parts = opening.split('|');
    let tag = Tag(Rc::new(VTag::new(parts.next().unwrap_or_default())));
    parts.filter_map(|part| part.split_once('=')).fold(tag, |tag, (name, value)| tag.set(name, value))
}

impl Tag {
    /// Adds an attribute.
    #[must_use]
    pub fn set(self, name: &'static str, value: impl Into<AttrValue>) -> Self {
        self.change(|tag| tag.add_attribute(name, value.into()))
    }

    /// Adds one, if there is something to add.
    #[must_use]
    pub fn set_some(self, name: &'static str, value: Option<impl Into<AttrValue>>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// Makes it known among its siblings.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.change(|tag| tag.key = Some(key.into()))
    }

    /// Lets it be found on the page.
    #[must_use]
    pub fn find_by(self, node: &NodeRef) -> Self {
        self.change(|tag| tag.node_ref = node.clone())
    }

    /// Puts something into it.
    #[must_use]
    #[inline(never)]
    pub fn with(self, child: Html) -> Self {
        self.change(|tag| tag.add_child(child))
    }

    /// Puts all of these into it.
    #[must_use]
    pub fn all(self, children: impl IntoIterator<Item = Html>) -> Self {
        children.into_iter().fold(self, Self::with)
    }

    /// Puts words into it.
    #[must_use]
    pub fn say(self, words: impl Into<AttrValue>) -> Self {
        self.with(text(words.into()))
    }

    /// What it has become.
    pub fn end(self) -> Html {
        VNode::VTag(self.0)
    }

    fn change(mut self, change: impl FnOnce(&mut VTag)) -> Self {
        // Nobody else has it yet.
        if let Some(tag) = Rc::get_mut(&mut self.0) {
            change(tag);
        }
        self
    }
}

/// Words.
#[inline(never)]
pub fn text(words: AttrValue) -> Html {
    VNode::VText(VText::new(words))
}

/// Several things, one after the other.
#[inline(never)]
pub fn all(things: Vec<Html>) -> Html {
    things.into_iter().collect()
}
