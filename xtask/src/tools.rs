//! The tools that `setup` has made sure of, and how a command comes to use them.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use xshell::{Cmd, Shell, cmd};

use crate::shell;

/// What builds the client.
pub(crate) struct Tools {
    /// The rustup toolchain that compiles for wasm, if it is not the ordinary one.
    pub(crate) wasm_toolchain: Option<&'static str>,
    /// Folders of tools that the person's PATH lacks.
    pub(crate) folders: Vec<PathBuf>,
    /// Whether the client can have a standard library of its own.
    pub(crate) has_std_source: bool,
    /// What makes the script and the style smaller, if it is there.
    pub(crate) esbuild: Option<PathBuf>,
}

impl Tools {
    /// A cargo command that can compile for wasm.
    pub(crate) fn cargo<'a>(&self, sh: &'a Shell) -> Result<Cmd<'a>> {
        self.equip(shell::cargo(sh))
    }

    /// A trunk command.
    pub(crate) fn trunk<'a>(&self, sh: &'a Shell) -> Result<Cmd<'a>> {
        let command = self.equip(shell::as_from_a_shell(cmd!(sh, "trunk")))?;
        // trunk reads NO_COLOR as a boolean of its own and refuses the usual `NO_COLOR=1`.
        Ok(command.env_remove("NO_COLOR"))
    }

    /// A trunk command that builds the client as small as it gets, the standard library included: no words when it
    /// panics, no places, nothing that only `{:?}` would write, and size before speed.
    pub(crate) fn lean_trunk<'a>(&self, sh: &'a Shell) -> Result<Cmd<'a>> {
        let command = self.trunk(sh)?;
        if !self.has_std_source {
            return Ok(command);
        }
        Ok(command
            // These flags are not stable yet. `setup` has seen that this compiler has them.
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "RUSTFLAGS",
                "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none",
            )
            .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
            // None of them: with `optimize_for_size` the client was one in a hundred larger.
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", ""))
    }

    /// The command, finding our tools first and compiling with the toolchain that has the wasm target.
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

    /// What a shell needs to run these tools by hand, a line each.
    pub(crate) fn exports(&self) -> Vec<String> {
        let folders = self.folders.iter().map(|folder| format!("{}:", folder.display()));
        let path = format!("export PATH={}$PATH", folders.collect::<String>());
        let toolchain = self.wasm_toolchain.map(|name| format!("export RUSTUP_TOOLCHAIN={name}"));
        (!self.folders.is_empty()).then_some(path).into_iter().chain(toolchain).collect()
    }
}
