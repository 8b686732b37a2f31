//! Asks the admins to look at a message.

use holdline_shared::Seq;
use yew::prelude::*;

use super::panel_of::PanelOf;
use crate::components::{Field, FormOf, form};
use crate::state::Request;
use crate::words;

pub(super) fn view(of: &PanelOf<'_>, seq: Seq) -> Html {
    let Some(room) = of.state.room().map(|room| room.name.clone()) else { return Html::default() };
    let fields =
        html! { <Field name="reason" label={words::WHAT_IS_WRONG} is_required=true has_focus=true /> };
    form(FormOf {
        id: "report-form",
        fields,
        submit: words::REPORT,
        class: "primary",
        settings: Some(&of.state.settings),
        on_submit: of.on_submit(move |values| {
            Ok(Request::Report { room: room.clone(), seq, reason: values.text("reason").to_owned() })
        }),
    })
}
