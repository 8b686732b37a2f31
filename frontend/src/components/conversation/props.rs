//! The properties of a conversation: everything that decides how it is drawn.

use std::rc::Rc;

use holdline_shared::RoomStanding;
use yew::prelude::*;

use crate::state::{Powers, Profiles, Room, RoomUi, Sending, Session};

/// The room, and everything else that decides how it is drawn.
#[derive(Properties, PartialEq, Clone)]
pub struct Props {
    /// The room as far as it is known.
    pub room: Rc<Room>,
    /// The room's display name.
    pub title: AttrValue,
    /// The room's rules and the reader's role in it.
    #[prop_or_default]
    pub standing: RoomStanding,
    /// The people who have an account.
    #[prop_or_default]
    pub profiles: Profiles,
    /// The room's interface state.
    pub ui: Rc<RoomUi>,
    /// The messages on their way to it.
    pub sendings: Vec<Rc<Sending>>,
    /// The reason why they are not being sent at this moment.
    #[prop_or_default]
    pub delay: Option<AttrValue>,
    /// The reader.
    pub session: Session,
    /// The rights of the reader over the messages of others.
    #[prop_or_default]
    pub powers: Powers,
    /// The banners above the composer.
    #[prop_or_default]
    pub children: Html,
}
