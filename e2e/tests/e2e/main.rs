//! The stories of Holdline's users, in real browsers against the real executable: one story per file.

mod access;
mod away;
mod barriers;
mod changes;
mod chaos;
mod classic;
mod fields;
mod focus;
mod history;
mod honest;
mod long_room;
mod markup;
mod offline;
mod one_browser;
mod phone;
mod prefix;
mod reload;
mod rooms;
mod scrolling;
mod selection;
mod start;
mod tabs;
mod two_people;
mod update;
mod walk;
