//! `cargo xtask <command>`: every workflow of the repository, one file each. CI calls them and contains no logic of its
//! own.

mod bench;
mod build;
mod check;
mod conformance;
mod dev;
mod faults;
mod fingerprint;
mod paths;
mod run;
mod say;
mod screenshots;
mod setup;
mod shell;
mod steps;
mod test;
mod tidy;
mod tools;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::builder::FalseyValueParser;
use clap::{Parser, Subcommand};
use xshell::Shell;

/// The workflows of Holdline.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    /// Agree to changes of this machine outside of this folder and your own, such as Debian packages
    #[arg(long, global = true, env = "CI", value_parser = FalseyValueParser::new())]
    yes: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install missing tools: wasm target, trunk, wasm-bindgen, wasm-opt
    Setup {
        /// Also browsers and their drivers, which the tests need
        #[arg(long)]
        browser: bool,
    },
    /// Set up and build target/release/holdline, the one file a user needs
    Build,
    /// Build and start the server
    Run {
        /// Arguments of `holdline serve`
        #[arg(last = true)]
        flags: Vec<OsString>,
    },
    /// Server and client, rebuilt when their code changes
    Dev,
    /// Format, lints, documentation, house rules
    Check {
        /// Run the other steps too when one has failed
        #[arg(long)]
        keep_going: bool,
    },
    /// Run every test, also in a browser
    Test {
        /// Run this step alone
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
        /// Run the other steps too when one has failed
        #[arg(long)]
        keep_going: bool,
    },
    /// Run the protocol's numbered cases against a server: --url URL
    Conformance {
        /// Arguments of the cases
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<OsString>,
    },
    /// Break things on purpose and check that nothing is lost and nothing comes twice
    Faults {
        /// Arguments of `faults`: --seed, --round, --short, --deliveries
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<OsString>,
    },
    /// Measure it beside its peers; with --quick, say what got worse
    Bench {
        /// Arguments of `bench`: scenarios, --peers, --runs, --quick, --full
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<OsString>,
    },
    /// Take the pictures of the README
    Screenshots,
    /// Check the house rules that no other tool checks
    Tidy,
}

fn main() -> ExitCode {
    match dispatch(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The error is the last line: no backtrace below it, whatever the environment asks for.
            say::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: Cli) -> Result<()> {
    let sh = Shell::new()?;
    sh.change_dir(paths::root());
    if cli.yes {
        setup::consent::give(&sh);
    }
    match cli.command {
        Command::Setup { browser } => setup::command(&sh, browser),
        Command::Build => build::command(&sh),
        Command::Run { flags } => run::command(&sh, &flags).map(|never| match never {}),
        Command::Dev => dev::command(&sh),
        Command::Check { keep_going } => check::command(&sh, keep_going),
        Command::Test { only, keep_going } => test::command(&sh, only.as_deref(), keep_going),
        Command::Conformance { flags } => conformance::command(&sh, &flags),
        Command::Faults { flags } => faults::command(&sh, &flags),
        Command::Bench { flags } => bench::command(&sh, &flags),
        Command::Screenshots => screenshots::command(&sh),
        Command::Tidy => tidy::command(&sh),
    }
}
