//! The form that asks the admins to look at a message.

use holdline_shared::Seq;
use yew::prelude::*;

use super::panel_of::PanelOf;
use crate::components::quote::excerpt;
use crate::components::{Field, FormOf, changing, form, verbatim};
use crate::state::Request;
use crate::words;

pub(super) fn view(of: &PanelOf<'_>, seq: Seq) -> Html {
    let Some(room) = of.state.room() else { return Html::default() };
    let (line, room) = (room.line(seq), room.name.clone());
    let fields = html! {
        <>
            if let Some(line) = line {
                <p class="quoted" dir="auto">
                    { verbatim(line.message.author.name.as_str()) }{ ": " }{ changing(excerpt(line)) }
                </p>
            }
            <Field
                name="reason"
                label={words::WHAT_IS_WRONG}
                hint={words::WHO_READS_REPORTS}
                is_required=true
                has_focus=true
            />
        </>
    };
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
