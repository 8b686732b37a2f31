//! What people do with Holdline, in real browsers against the real executable: one story per file.

mod access;
mod away;
mod changes;
mod chaos;
mod classic;
mod history;
mod long_room;
mod markup;
mod phone;
mod prefix;
mod reload;
mod rooms;
mod scrolling;
mod tabs;
mod two_people;
mod update;
