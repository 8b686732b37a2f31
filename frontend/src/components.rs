//! What is on the screen: functions of data, with callbacks for what people do. Effects live in the hooks. A Yew
//! component is made only of what has state or effects of its own, or appears so often that it pays to skip it when
//! nothing in it has changed; each costs every visitor one to two kilobytes. The others are plain functions.

mod act;
mod badge;
mod composer;
mod conversation;
mod element;
mod field;
mod header;
mod icon;
mod inline_edit;
mod message_row;
mod message_text;
mod message_tools;
mod nickname;
mod notice;
mod outdated;
mod people;
mod quote;
mod reactions;
mod room_link;
mod room_list;
mod sending_row;
mod status_line;
mod tag;
mod wrong_page;

pub use act::Act;
pub use badge::badge;
pub use composer::{Composer, composer, edit_form};
pub use conversation::{Conversation, Talk};
pub use element::{author, button, name, plain, time, unseen, words};
pub use field::{Field, FieldEvent, FieldKind, OnField};
pub use header::{Header, drawer_button, header};
pub use icon::{Shape, icon, logo};
pub use inline_edit::{InlineEdit, inline_edit};
pub use message_row::MessageRow;
pub use message_text::message_text;
pub use message_tools::message_tools;
pub use nickname::nickname;
pub use notice::notice;
pub use outdated::Outdated;
pub use people::people;
pub use quote::{Quote, quote_view};
pub use reactions::reactions;
pub use room_link::{dot, room_link};
pub use room_list::room_list;
pub use sending_row::sending_row;
pub use status_line::status_line;
pub use tag::{Tag, all, tag, text};
pub use wrong_page::wrong_page;

#[cfg(test)]
mod tests;
