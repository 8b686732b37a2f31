//! The elements on the screen: functions of data, with commands for people's actions. Anything that has state, an
//! effect or a key, or is worth comparing before a render, is a component; everything else is a function. Effects live
//! in the hooks.

mod badge;
mod banners;
mod composer;
mod conversation;
mod copied;
mod delete_dialog;
mod dialog;
mod edit_form;
mod field;
mod form;
mod gate;
mod header;
mod icon;
mod join_page;
mod line_field;
mod menu;
mod message_field;
mod message_row;
mod message_text;
mod message_tools;
mod nickname;
mod panels;
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

pub use badge::{BylineOf, badge, byline, mark, name, sign, time};
pub use banners::banners;
pub use composer::Composer;
pub use conversation::Conversation;
pub use copied::Copied;
pub use delete_dialog::delete_dialog;
pub use dialog::Dialog;
pub use edit_form::EditForm;
pub use field::{Field, Kind};
pub use form::{FormOf, form, outcome};
pub use gate::Gate;
pub use header::{HeaderOf, header};
pub use icon::{Shape, icon, logo};
pub use join_page::{JoinOf, join_page};
pub use line_field::LineField;
pub use menu::{Menu, MenuItem};
pub use message_field::MessageField;
pub use message_row::MessageRow;
pub use message_text::message_text;
pub use message_tools::{ToolsOf, message_tools};
pub use nickname::nickname;
pub use panels::{PanelDialog, PanelDialogProps};
pub use people::People;
pub use quote::{Quote, quote_link};
pub use reactions::reactions;
pub use room_link::room_link;
pub use room_list::RoomList;
pub use sending_row::SendingRow;
pub use status_line::status_line;
pub use text::{changing, hidden, icon_button, icon_button_of, tab_index, verbatim};
pub use topic::Topic;
pub use welcome::welcome;
pub use wrong_page::{missing_room, wrong_page};

#[cfg(test)]
mod tests;
