//! The dialogs in which people see and change who may do what: for themselves, for the room on the screen, for the
//! server. Each dialog has pages; a page is a function of the state.

mod audit;
mod bans;
mod confirmed;
mod devices;
mod door;
mod end_room;
mod hooks;
mod invites;
mod leave;
mod listing;
mod members;
mod new_room;
mod panel_of;
mod passphrase;
mod people;
mod person;
mod profile;
mod qr_code;
mod report;
mod rules;
mod secret;
mod tokens;

use std::rc::Rc;

use holdline_shared::{Role, RoomName};
use yew::prelude::*;

use self::panel_of::PanelOf;
use super::gate::account_form;
use super::{Dialog, Shape, changing, icon_button};
use crate::command::Command;
use crate::hooks::{use_commands, use_focus_caught, use_locale};
use crate::state::{OWN, Overlay, Panel, ROOM, SERVER, State};
use crate::words;

/// The properties of [`PanelDialog`].
#[derive(Properties, PartialEq)]
pub struct PanelDialogProps {
    /// The state to show.
    pub state: Rc<State>,
    /// The open page.
    pub panel: Panel,
}

/// The dialog with a page open. A component of its own, and not part of the layout's view, so that browsers compile
/// its code when a dialog is first opened rather than at the start.
#[component]
pub fn PanelDialog(props: &PanelDialogProps) -> Html {
    let (run, locale) = (use_commands(), use_locale());
    let PanelDialogProps { state, panel } = props;
    let of = PanelOf { state, run: &run, locale };
    let pages =
        [&OWN[..], &ROOM, &SERVER].into_iter().find(|pages| pages.contains(panel)).unwrap_or_default();
    let shown: Vec<_> = pages.iter().filter(|page| of.has_page(page)).collect();
    let title = of.title(panel);
    let close = run.reform(|()| Command::Open(Overlay::Nothing));
    let tab = |page: &Panel| {
        let next = page.clone();
        let onclick = run.reform(move |_: MouseEvent| Command::Open(Overlay::Panel(next.clone())));
        html! {
            <button key={words::panel(page)} type="button" aria-current={(page == panel).then_some("page")} {onclick}>
                { words::panel(page) }
            </button>
        }
    };
    html! {
        <Dialog class="card wide" label={title.clone()} on_close={close.clone()}>
            <div class="panel-head">
                <h2 dir="auto">{ changing(title) }</h2>
                { icon_button(Shape::Close, words::CLOSE, close.reform(|_| ())) }
            </div>
            <nav class="tabs" aria-label={words::PAGES} hidden={shown.len() < 2}>
                if shown.len() > 1 {
                    { for shown.into_iter().map(tab) }
                }
            </nav>
            <Page key={key_of(panel)}>{ of.page(panel) }</Page>
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct PageProps {
    children: Html,
}

/// A page, which takes the focus if the element that led to it was removed with the previous page.
#[component]
fn Page(props: &PageProps) -> Html {
    let node = use_node_ref();
    use_focus_caught(&node);
    html! { <div ref={node} class="panel" tabindex="-1" data-testid="panel">{ props.children.clone() }</div> }
}

impl PanelOf<'_> {
    fn page(&self, panel: &Panel) -> Html {
        match panel {
            Panel::Profile => profile::view(self),
            Panel::Passphrase => passphrase::view(self),
            Panel::SignIn => account_form(self.problem(), self.run),
            Panel::Devices => devices::view(self),
            Panel::Leave => leave::view(self),
            Panel::Rules => rules::view(self),
            Panel::Members => members::view(self),
            Panel::RoomInvite => invites::view_for_room(self),
            Panel::Hooks => hooks::view(self),
            Panel::EndRoom => end_room::view(self),
            Panel::NewRoom => new_room::view(self),
            Panel::Person(person) => person::view(self, person),
            Panel::Erase(person) => leave::view_of_other(self, person),
            Panel::Report(seq) => report::view(self, *seq),
            Panel::Door => door::view(self),
            Panel::Invites => invites::view(self),
            Panel::People => people::view(self),
            Panel::Bans => bans::view(self),
            Panel::OwnTokens => tokens::view_own(self),
            Panel::Tokens => tokens::view_all(self),
            Panel::Audit => audit::view(self),
        }
    }

    fn title(&self, panel: &Panel) -> String {
        match panel {
            Panel::Person(person) | Panel::Erase(person) => {
                let account = self.state.people.profiles.get(&person.id).map(|profile| &profile.person);
                account.unwrap_or(person).name.to_string()
            }
            panel if OWN.contains(panel) => words::YOUR_ACCOUNT.to_owned(),
            panel if ROOM.contains(panel) => {
                self.state.room().map(|room| self.state.title_of(&room.name)).unwrap_or_default()
            }
            panel if SERVER.contains(panel) => words::THIS_SERVER.to_owned(),
            panel => words::panel(panel).to_owned(),
        }
    }

    /// Whether the reader can use the page.
    fn has_page(&self, page: &Panel) -> bool {
        let is_admin = self.state.is_room_admin();
        let room = self.state.room().map(|room| &room.name);
        match page {
            Panel::EndRoom => {
                let role = room.map(|room| self.state.rooms.standing(room).role).unwrap_or_default();
                role > Role::None || (is_admin && room != Some(&RoomName::lobby()))
            }
            Panel::Rules | Panel::RoomInvite | Panel::Hooks => is_admin,
            Panel::Devices | Panel::OwnTokens | Panel::Leave => self.state.session.is_member(),
            Panel::SignIn => !self.state.session.is_member(),
            _ => true,
        }
    }
}

/// Returns the key of a dialog's page, different for each page and person: text typed about one is not meant for the
/// next.
fn key_of(panel: &Panel) -> String {
    match panel {
        Panel::Person(person) => person.id.to_string(),
        Panel::Erase(person) => format!("erase-{}", person.id),
        panel => words::panel(panel).to_owned(),
    }
}
