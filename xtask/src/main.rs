//! The one door to every workflow: `cargo xtask <command>`. A command is a file of its name; CI calls them and
//! contains no logic of its own.

mod paths;
mod say;
mod setup;
mod shell;
mod tools;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xshell::Shell;

/// Every workflow of Holdline.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bring what is missing: wasm target, trunk, wasm-bindgen, wasm-opt
    Setup {
        /// Also a browser and its driver, which the tests need
        #[arg(long)]
        browser: bool,
    },
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let sh = Shell::new()?;
    sh.change_dir(paths::root());
    match cli.command {
        Command::Setup { browser } => setup::command(&sh, browser),
    }
}
