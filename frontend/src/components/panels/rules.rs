//! The rules of a room: its title and topic, who sees it, and who writes in it.

use holdline_shared::{RoomPolicy, Topic, Visibility, Writers};
use yew::prelude::*;

use super::panel_of::PanelOf;
use crate::api::form::{ON, Values};
use crate::components::{Field, FormOf, Kind, form};
use crate::state::Request;
use crate::words;

pub(super) fn view(of: &PanelOf<'_>) -> Html {
    let Some(room) = of.state.room() else { return Html::default() };
    let policy = of.state.rooms.standing(&room.name).policy;
    let on_submit = {
        let (name, before) = (room.name.clone(), policy.clone());
        of.on_submit(move |values| {
            Ok(Request::Rules {
                room: name.clone(),
                topic: topic(values, "topic")?,
                policy: read(values, &before)?,
            })
        })
    };
    let writers = match &policy {
        RoomPolicy { writers: Writers::Admins, .. } => "admins",
        RoomPolicy { members_only: true, .. } => "members",
        _ => "everyone",
    };
    let choices = |all: [(&'static str, &'static str); 3]| {
        Kind::Choice(all.into_iter().map(|(value, word)| (value.into(), word.into())).collect())
    };
    let see =
        Kind::Choice(words::WHO_SEES.into_iter().map(|(value, word)| (value.into(), word.into())).collect());
    let sees = if policy.visibility == Visibility::Private { "private" } else { "public" };
    let opens_all = (policy.visibility == Visibility::Private).then_some(words::EVERYBODY_READS_ALL);
    let on = |is_on: bool| if is_on { ON } else { "" };
    let fields = html! {
        <>
            <Field name="title" label={words::TITLE} value={policy.title.to_string()} hint={words::TITLE_WHY} has_focus=true />
            <Field name="topic" label={words::TOPIC} value={room.topic.to_string()} />
            if policy.visibility != Visibility::Direct {
                <Field name="visibility" label={words::WHO_SEES_IT} kind={see} value={sees} hint={opens_all} />
            }
            <div class="pair">
                <Field name="writers" label={words::WHO_WRITES} kind={choices(words::WRITERS)} value={writers} />
                <Field
                    name="slow"
                    label={words::SLOW_SECONDS}
                    kind={Kind::Number}
                    value={policy.slow_seconds.to_string()}
                />
            </div>
            <Field name="locked" label={words::LOCK_ROOM} kind={Kind::Tick} value={on(policy.locked)} />
            <Field name="archived" label={words::ARCHIVE_ROOM} kind={Kind::Tick} value={on(policy.archived)} />
        </>
    };
    form(FormOf {
        id: "rules-form",
        fields,
        submit: words::SAVE,
        class: "primary",
        settings: Some(&of.state.settings),
        on_submit,
    })
}

fn read(values: &Values, before: &RoomPolicy) -> Result<RoomPolicy, String> {
    let visibility = match values.text("visibility") {
        "private" => Visibility::Private,
        "public" => Visibility::Public,
        _ => before.visibility,
    };
    Ok(RoomPolicy {
        visibility,
        title: topic(values, "title")?,
        members_only: values.text("writers") == "members",
        writers: if values.text("writers") == "admins" { Writers::Admins } else { Writers::Everyone },
        slow_seconds: values.number("slow"),
        locked: values.is_on("locked"),
        archived: values.is_on("archived"),
    })
}

fn topic(values: &Values, field: &str) -> Result<Topic, String> {
    Topic::parse(values.text(field)).map_err(|why| why.to_string())
}
