//! Parsing of the process's arguments and environment. An empty environment variable counts as unset, and no error
//! message shows a password.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::error::ContextValue;
use clap::{Command, Parser};

use crate::client::{without_login, without_passwords};
use crate::stderr;

/// Parses the command line, or prints its error or the requested help.
pub(crate) fn parse<P: Parser>() -> Result<P, ExitCode> {
    parse_from(std::env::args_os()).map_err(|error| explain(&error))
}

fn parse_from<P: Parser>(arguments: impl IntoIterator<Item = OsString>) -> Result<P, clap::Error> {
    let mut command = without_empty_variables(P::command());
    let matches = command.try_get_matches_from_mut(arguments)?;
    P::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Removes environment variables that are set but empty from all arguments: compose files, unit files and shells write
/// `NAME=` for "not set". Help never shows their values.
fn without_empty_variables(command: Command) -> Command {
    let command = command.mut_args(|argument| {
        let argument = argument.hide_env_values(true);
        let is_empty = argument.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
        if is_empty { argument.env(Resettable::Reset) } else { argument }
    });
    command.mut_subcommands(without_empty_variables)
}

/// Prints an error on standard error, or requested help on standard output.
fn explain(error: &clap::Error) -> ExitCode {
    let text = error.render();
    let (plain, coloured) = (text.to_string(), text.ansi().to_string());
    let wants_colours = |is_terminal: bool| is_terminal && std::env::var_os("NO_COLOR").is_none();
    let shown = |is_terminal| if wants_colours(is_terminal) { &coloured } else { &plain };
    if error.use_stderr() {
        let text = without_values(error, shown(std::io::stderr().is_terminal()));
        stderr::write(without_passwords(&text).into_bytes());
    } else {
        let mut output = std::io::stdout().lock();
        // A closed standard output is not an error.
        let _ = output.write_all(shown(output.is_terminal()).as_bytes());
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Removes logins from the values that an error message repeats.
fn without_values(error: &clap::Error, text: &str) -> String {
    let mut text = text.to_owned();
    for (_, context) in error.context() {
        let values = match context {
            ContextValue::String(value) => std::slice::from_ref(value),
            ContextValue::Strings(values) => values,
            _ => continue,
        };
        for value in values {
            if let Some(shown) = without_login(value) {
                text = text.replace(value.as_str(), &shown);
            }
        }
    }
    text
}
