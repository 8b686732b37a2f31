//! What is on the screen: functions of data, with commands for what people do. What has state, a hook or a key is a
//! component; the plainest elements are functions. Effects live in the hooks.

mod badge;
mod banners;
mod composer;
mod conversation;
mod delete_dialog;
mod dialog;
mod edit_form;
mod header;
mod icon;
mod line_field;
mod menu;
mod message_field;
mod message_row;
mod message_text;
mod message_tools;
mod nickname;
mod people;
mod quote;
mod reactions;
mod room_link;
mod room_list;
mod sending_row;
mod status_line;
mod text;
mod topic;
mod welcome;
mod wrong_page;

pub use badge::{author, badge, name, time};
pub use banners::Banners;
pub use composer::Composer;
pub use conversation::Conversation;
pub use delete_dialog::DeleteDialog;
pub use dialog::Dialog;
pub use edit_form::EditForm;
pub use header::Header;
pub use icon::{Shape, icon, logo};
pub use line_field::LineField;
pub use menu::{Menu, MenuItem};
pub use message_field::MessageField;
pub use message_row::MessageRow;
pub use message_text::MessageText;
pub use message_tools::MessageTools;
pub use nickname::{NameDialog, Nickname};
pub use people::People;
pub use quote::{Quote, QuoteLink};
pub use reactions::Reactions;
pub use room_link::RoomLink;
pub use room_list::RoomList;
pub use sending_row::SendingRow;
pub use status_line::StatusLine;
pub use text::{hidden, icon_button, icon_button_of, tab_index};
pub use topic::Topic;
pub use welcome::Welcome;
pub use wrong_page::WrongPage;

#[cfg(test)]
mod tests;
