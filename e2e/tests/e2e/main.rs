//! The stories of Holdline's users, in real browsers against the real executable: one story per file.

mod access;
mod away;
mod back_and_forward;
mod changes;
mod chaos;
mod classic;
mod composing;
mod fields;
mod focus;
mod history;
mod honest;
mod long_room;
mod markup;
mod offline;
mod one_browser;
mod phone;
mod places;
mod prefix;
mod reload;
mod rooms;
mod scrolling;
mod start;
mod tabs;
mod times;
mod two_people;
mod update;
