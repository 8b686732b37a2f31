//! The tools that `setup` has found or installed, passed to commands by their environment.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use xshell::{Cmd, Shell, cmd};

use crate::shell;

/// Tools that build the client.
pub(crate) struct Tools {
    /// The rustup toolchain that compiles for wasm, if it is not the ordinary one.
    pub(crate) wasm_toolchain: Option<&'static str>,
    /// Folders of tools that the person's PATH lacks.
    pub(crate) folders: Vec<PathBuf>,
}

impl Tools {
    /// A cargo command that can compile for wasm.
    pub(crate) fn cargo<'a>(&self, sh: &'a Shell) -> Result<Cmd<'a>> {
        self.equip(shell::cargo(sh))
    }

    /// A trunk command.
    pub(crate) fn trunk<'a>(&self, sh: &'a Shell) -> Result<Cmd<'a>> {
        let command = self.equip(shell::without_cargo_variables(cmd!(sh, "trunk")))?;
        // trunk reads NO_COLOR as a boolean of its own and refuses the usual `NO_COLOR=1`.
        Ok(command.env_remove("NO_COLOR"))
    }

    /// Puts our tools first on the command's PATH, and picks the toolchain that has the wasm target.
    fn equip<'a>(&self, command: Cmd<'a>) -> Result<Cmd<'a>> {
        let command = command.env("PATH", self.path()?);
        Ok(match self.wasm_toolchain {
            Some(name) => command.env("RUSTUP_TOOLCHAIN", name),
            None => command,
        })
    }

    /// PATH with our folders in front.
    pub(crate) fn path(&self) -> Result<OsString> {
        let old = env::var_os("PATH").unwrap_or_default();
        Ok(env::join_paths(self.folders.iter().cloned().chain(env::split_paths(&old)))?)
    }

    /// Shell lines with which these tools run by hand.
    pub(crate) fn exports(&self) -> Vec<String> {
        let folders = self.folders.iter().map(|folder| format!("{}:", folder.display()));
        let path = format!("export PATH={}$PATH", folders.collect::<String>());
        let toolchain = self.wasm_toolchain.map(|name| format!("export RUSTUP_TOOLCHAIN={name}"));
        (!self.folders.is_empty()).then_some(path).into_iter().chain(toolchain).collect()
    }
}
