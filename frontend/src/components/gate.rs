//! The page in front of a shut door: the ways to get in, and the reason for being there. The address stays that of the
//! page that the reader wanted.

use holdline_shared::Door;
use yew::prelude::*;

use super::{Field, FormOf, Kind, changing, form, logo, verbatim};
use crate::api::form::Values;
use crate::command::Command;
use crate::hooks::use_commands;
use crate::state::{Entrance, Gate as Shut, Settings};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The way in for strangers; `None` before that is known.
    pub door: Option<Door>,
    /// The reason why the reader is here.
    pub gate: Shut,
    /// The outcome of the last attempt.
    pub settings: Settings,
}

/// The page.
#[component]
pub fn Gate(props: &Props) -> Html {
    let Props { door, gate, settings } = props;
    let run = use_commands();
    let wants_account = use_state_eq(|| false);
    let has_password = *door == Some(Door::Password);
    let shows_account = *wants_account || !has_password;
    let problem = settings.problem.as_deref().map(|why| AttrValue::from(words::sentence(why)));
    let toggle = {
        let (setter, run, next) = (wants_account.setter(), run.clone(), !*wants_account);
        Callback::from(move |_: MouseEvent| {
            setter.set(next);
            run.emit(Command::ForgetOutcome);
        })
    };
    let reload = run.reform(|_: MouseEvent| Command::Reload);
    let text = match door {
        _ if gate.is_banned => Some(words::ASK_AN_ADMIN),
        Some(Door::Invite) => Some(words::DOOR_INVITE),
        Some(Door::Proxy) => Some(words::DOOR_PROXY),
        _ => None,
    };
    html! {
        <main class="gate">
            <div class="gate-card">
                <p class="brand">{ logo() }{ verbatim("Holdline") }</p>
                <h1>{ changing(if gate.is_banned { words::SHUT_OUT } else { words::COME_IN }) }</h1>
                if let Some(why) = &gate.why {
                    <p role="alert" class="gate-why">{ changing(words::sentence(why)) }</p>
                }
                if let Some(text) = text {
                    <p>{ changing(text) }</p>
                }
                if gate.is_banned || *door == Some(Door::Proxy) {
                    <div class="buttons">
                        <button type="button" class="button" onclick={reload}>
                            { changing(if gate.is_banned { words::TRY_AGAIN } else { words::RELOAD }) }
                        </button>
                    </div>
                } else if shows_account {
                    { account_form(problem, &run) }
                } else {
                    { password_form(problem, &run) }
                }
                if has_password && !gate.is_banned {
                    <button type="button" class="plain" data-testid="other-way" onclick={toggle}>
                        { changing(if shows_account { words::COME_AS_GUEST } else { words::HAVE_ACCOUNT }) }
                    </button>
                }
            </div>
        </main>
    }
}

fn password_form(problem: Option<AttrValue>, run: &Callback<Command>) -> Html {
    let on_submit = run.reform(|values: Values| {
        Command::Enter(Entrance::Password {
            name: values.given("name"),
            password: values.secret("password").to_owned(),
        })
    });
    let fields = html! {
        <>
            <Field name="name" label={words::YOUR_NAME} hint={words::NAME_CAN_BE_MADE_UP} has_focus=true />
            <Field name="password" label={words::SERVER_PASSWORD} kind={Kind::Secret} {problem} is_required=true />
        </>
    };
    form(FormOf {
        id: "password-form",
        fields,
        submit: words::ENTER,
        class: "primary",
        settings: None,
        on_submit,
    })
}

/// The form for signing in to an account.
pub(super) fn account_form(problem: Option<AttrValue>, run: &Callback<Command>) -> Html {
    let on_submit = run.reform(|values: Values| {
        Command::Enter(Entrance::Account {
            name: values.text("account").to_owned(),
            passphrase: values.secret("passphrase").to_owned(),
        })
    });
    let fields = html! {
        <>
            <Field name="account" label={words::YOUR_NAME} kind={Kind::UserName} is_required=true has_focus=true />
            <Field name="passphrase" label={words::PASSPHRASE} kind={Kind::Secret} {problem} is_required=true />
        </>
    };
    form(FormOf {
        id: "account-form",
        fields,
        submit: words::SIGN_IN,
        class: "primary",
        settings: None,
        on_submit,
    })
}
