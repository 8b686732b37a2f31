//! The tokens with which programs act as the reader or as bots.

use yew::prelude::*;

use super::listing::{listing, row};
use super::panel_of::PanelOf;
use super::secret::secret;
use crate::api::form::ON;
use crate::components::{Field, FormOf, Kind, changing, form};
use crate::state::{Grant, Listing, Request, Token, listed_rooms};
use crate::words;

/// The reader's tokens, and the form for a new one.
pub(super) fn view_own(of: &PanelOf<'_>) -> Html {
    let me = of.state.session.id();
    view(of, words::TOKENS_WHY, false, |token| Some(&token.person.id) == me)
}

/// Everybody's tokens, and the form for a new one, perhaps of a new bot.
pub(super) fn view_all(of: &PanelOf<'_>) -> Html {
    view(of, words::BOT_TOKENS_WHY, true, |_| true)
}

fn view(of: &PanelOf<'_>, why: &'static str, makes_bots: bool, is_shown: impl Fn(&Token) -> bool) -> Html {
    let settings = &of.state.settings;
    let tokens = if let Some(Listing::Tokens(all)) = &settings.listing { Some(all) } else { None };
    let tokens = tokens.map(|all| all.iter().filter(|token| is_shown(token)).collect::<Vec<_>>());
    html! {
        <>
            <p class="faint">{ why }</p>
            { secret(of, words::TOKEN_ONCE) }
            { make(of, makes_bots) }
            { listing(settings, tokens.as_deref(), words::NO_TOKENS, |token| {
                let Token { id, person, rooms, verbs, note } = token;
                let rooms = rooms.as_deref().map(|rooms| rooms.iter().map(|room| of.state.title_of(room)));
                let rooms = rooms.map(|rooms| rooms.collect::<Vec<_>>().join(", "));
                let name = makes_bots.then_some(person.name.as_str());
                let below = words::token(name, verbs, rooms.as_deref());
                let tools = of.row_button(words::REVOKE, note, Request::RevokeToken(id.clone()));
                row(id, changing(note.as_str()), below, tools)
            }) }
        </>
    }
}

fn make(of: &PanelOf<'_>, makes_bots: bool) -> Html {
    let verbs =
        words::VERBS.into_iter().map(|(verb, word)| tick(&format!("verb-{verb}"), word, verb == "read"));
    let rooms = listed_rooms(of.state);
    let rooms = rooms.iter().map(|room| tick(&format!("room-{}", room.name), &room.title, false));
    let fields = html! {
        <>
            <Field name="note" label={words::TOKEN_FOR} is_required=true />
            if makes_bots {
                <Field name="bot" label={words::BOT_NAME} hint={words::BOT_NAME_WHY} />
            }
            { ticks(words::TOKEN_MAY, None, verbs.collect()) }
            { ticks(words::TOKEN_ROOMS, Some(words::TOKEN_ROOMS_WHY), rooms.collect()) }
        </>
    };
    form(FormOf {
        id: "token-form",
        fields,
        submit: words::MAKE_TOKEN,
        class: "primary",
        settings: Some(&of.state.settings),
        on_submit: of.on_submit(|values| {
            let chosen = |name| values.ticked(name).map(str::to_owned).collect::<Vec<_>>();
            let (note, bot) = (values.text("note").to_owned(), values.given("bot"));
            let (rooms, verbs) = (chosen("room-"), chosen("verb-"));
            if verbs.is_empty() {
                return Err(words::TOKEN_MAY_NOTHING.to_owned());
            }
            Ok(Request::Token(Grant { note, bot, rooms, verbs }))
        }),
    })
}

fn tick(name: &str, word: &str, is_on: bool) -> Html {
    let (key, label) = (name.to_owned(), AttrValue::from(word.to_owned()));
    html! { <Field {key} name={name.to_owned()} {label} kind={Kind::Tick} value={if is_on { ON } else { "" }} /> }
}

/// Boxes, any number of which may be ticked.
fn ticks(label: &'static str, hint: Option<&'static str>, boxes: Vec<Html>) -> Html {
    html! {
        <fieldset class="form-field">
            <legend>{ label }</legend>
            <div class="ticks">{ for boxes }</div>
            if let Some(hint) = hint {
                <p class="faint">{ hint }</p>
            }
        </fieldset>
    }
}
