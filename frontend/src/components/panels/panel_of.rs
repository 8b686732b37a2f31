//! The common parts of the dialogs' pages: their data, and their buttons.

use holdline_shared::{Person, RoomName, Seq, Timestamp};
use yew::prelude::*;

use crate::api::form::Values;
use crate::command::Command;
use crate::components::{sign, verbatim};
use crate::state::{Locale, Overlay, Panel, Request, State};
use crate::words;

/// The end of something that never ends: the last moment that every clock here can write, in the year 9999.
pub(super) const FOREVER: Timestamp = Timestamp(253_402_300_799_000);

/// The parts of a panel's page.
pub(super) struct PanelOf<'a> {
    pub(super) state: &'a State,
    pub(super) run: &'a Callback<Command>,
    pub(super) locale: Locale,
}

impl PanelOf<'_> {
    /// The reason why the last request failed, for a field to show.
    pub(super) fn problem(&self) -> Option<AttrValue> {
        self.state.settings.problem.as_deref().map(|why| words::sentence(why).into())
    }

    /// Sends the request made from the fields, or shows why they make none.
    pub(super) fn on_submit(
        &self,
        make: impl Fn(&Values) -> Result<Request, String> + 'static,
    ) -> Callback<Values> {
        self.run.reform(move |values: Values| match make(&values) {
            Ok(request) => Command::Ask(request),
            Err(why) => Command::Complain(why),
        })
    }

    /// A room as a place in a sentence.
    pub(super) fn place(&self, room: &RoomName) -> String {
        words::place(&self.state.title_of(room), self.state.rooms.standing(room).policy.visibility)
    }

    /// A person's name, with the sign that tells namesakes apart.
    pub(super) fn name(&self, person: &Person) -> Html {
        let signed = self.sign(person);
        html! { <>{ verbatim(person.name.to_string()) }{ sign(signed.as_deref()) }</> }
    }

    /// A person's name and sign as text.
    pub(super) fn name_as_text(&self, person: &Person) -> String {
        self.sign(person).map_or_else(|| person.name.to_string(), |sign| format!("{} {sign}", person.name))
    }

    fn sign(&self, person: &Person) -> Option<String> {
        self.state.people.names.namesakes.sign(&person.id)
    }

    /// A button that sends a request.
    pub(super) fn button(&self, word: &'static str, request: Request) -> Html {
        let onclick = self.run.reform(move |_: MouseEvent| Command::Ask(request.clone()));
        html! { <button type="button" class="plain" {onclick}>{ word }</button> }
    }

    /// A row's button that sends a request. `row` says for screen readers which row that is.
    pub(super) fn row_button(&self, word: &'static str, row: &str, request: Request) -> Html {
        row_button(word, row, self.run.reform(move |_| Command::Ask(request.clone())))
    }

    /// A person's button that opens the page about them; for the reader, who has no such page, the word "you".
    pub(super) fn change(&self, person: &Person) -> Html {
        if self.state.session.id() == Some(&person.id) {
            return html! { <span class="faint">{ words::YOU }</span> };
        }
        let panel = Panel::Person(person.clone());
        let onclick = self.run.reform(move |_| Command::Open(Overlay::Panel(panel.clone())));
        row_button(words::CHANGE, &self.name_as_text(person), onclick)
    }

    /// A button that opens another page.
    pub(super) fn opener(&self, word: &'static str, panel: Panel) -> Html {
        let onclick = self.run.reform(move |_: MouseEvent| Command::Open(Overlay::Panel(panel.clone())));
        html! { <button type="button" class="plain" {onclick}>{ word }</button> }
    }

    /// A button that loads older changes.
    pub(super) fn older(&self, before: Seq) -> Html {
        let onclick = self.run.reform(move |_: MouseEvent| Command::LoadAudit(before));
        html! { <button type="button" class="plain" {onclick}>{ words::LOAD_MORE }</button> }
    }
}

fn row_button(word: &'static str, row: &str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" class="plain" aria-label={words::in_row(word, row)} {onclick}>{ word }</button> }
}

/// The durations to choose from, in seconds, with their labels.
pub(super) fn durations() -> Vec<(AttrValue, AttrValue)> {
    words::DURATIONS.into_iter().map(|(seconds, word)| (seconds.into(), word.into())).collect()
}
