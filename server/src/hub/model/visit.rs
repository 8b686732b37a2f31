//! Nobody visits in the model: presence has waiting lists of its own.

use std::task::Waker;

use holdline_shared::RoomName;

pub(super) enum Visit {}

pub(super) enum VisitWatch {}

impl Visit {
    pub(super) fn has_news(&self) -> bool {
        match *self {}
    }

    pub(super) fn rooms(&self) -> &[RoomName] {
        match *self {}
    }

    pub(super) fn watch(&self) -> VisitWatch {
        match *self {}
    }
}

impl VisitWatch {
    pub(super) fn register(&mut self, _: &Waker) {
        match *self {}
    }
}
