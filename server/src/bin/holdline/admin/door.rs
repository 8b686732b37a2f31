//! `holdline admin door`: shows how strangers come in, or changes it.

use anyhow::ensure;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use serde_json::json;

use super::owner::Owner;
use super::secret_input::read_new_password;

const ABOUT: &str = "\
The password is read from the terminal, or from the first line of standard input; an empty one keeps the one that the \
server has. A door that lets in fewer than before ends the sessions of guests; members stay signed in.";

/// Show how strangers come in, or change it.
#[derive(Args)]
#[command(after_help = ABOUT)]
pub(super) struct Door {
    /// The way in from now on
    #[arg(value_parser = PossibleValuesParser::new([
        PossibleValue::new("open").help("everybody who can reach the server reads and writes"),
        PossibleValue::new("password").help("whoever knows one password"),
        PossibleValue::new("invite").help("whoever was sent a link"),
        PossibleValue::new("proxy").help("whoever a trusted proxy names"),
    ]))]
    door: Option<String>,
}

impl Door {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        let Some(door) = self.door else {
            let shown = owner.server.get(&["door"], &[]).await?;
            let door = shown["door"].as_str().unwrap_or("unknown");
            return owner.output.line(&shown, door);
        };
        let mut body = json!({ "door": door });
        if door == "password"
            && let Some(password) = read_new_password("The password for everybody")?
        {
            ensure!(!password.contains(char::is_control), "a password is one line of text");
            body["password"] = password.into();
        }
        let changed = owner.server.put(&["door"], &body).await?;
        owner.output.line(&changed, &format!("the door is {door} from now on"))
    }
}
