//! What is on the screen: functions of data, with callbacks for what people do. Effects live in the hooks. A Yew
//! component is made only of what has state or effects of its own, or appears so often that it pays to skip it when
//! nothing in it has changed; each costs every visitor one to two kilobytes. The others are plain functions.

mod badge;
mod composer;
mod connection_bar;
mod conversation;
mod edit_form;
mod header;
mod icon;
mod inline_edit;
mod message_row;
mod message_text;
mod message_tools;
mod nickname;
mod notice;
mod page_link;
mod people;
mod quote;
mod reactions;
mod room_link;
mod room_list;
mod room_view;
mod sending_row;
mod status_line;
mod wrong_page;

pub use badge::badge;
pub use composer::Composer;
pub use connection_bar::ConnectionBar;
pub use conversation::Conversation;
pub use edit_form::EditForm;
pub use header::{Header, header};
pub use icon::{Shape, icon, logo};
pub use inline_edit::InlineEdit;
pub use message_row::{Intent, MessageRow};
pub use message_text::message_text;
pub use message_tools::{Tools, message_tools};
pub use nickname::nickname;
pub use notice::notice;
pub use page_link::{Navigate, follow};
pub use people::people;
pub use quote::{Quote, quote_view};
pub use reactions::reactions;
pub use room_link::room_link;
pub use room_list::room_list;
pub use room_view::RoomView;
pub use sending_row::{SendingRow, sending_row};
pub use status_line::status_line;
pub use wrong_page::wrong_page;
