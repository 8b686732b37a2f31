//! Installs tools from source with cargo, each into a folder of the cache with the version in its name.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use xshell::Shell;

use crate::{say, shell};

/// A program that a crate installs.
pub(crate) struct CargoTool {
    /// The program's name, and its folder's.
    program: &'static str,
    /// The program's crate.
    package: &'static str,
    /// The optimization level.
    opt_level: &'static str,
    /// Duration of the compilation on two cores.
    takes: &'static str,
}

/// Builds and serves the client.
pub(crate) const TRUNK: CargoTool =
    CargoTool { program: "trunk", package: "trunk", opt_level: "1", takes: "four minutes" };

/// Makes the JavaScript that goes with the wasm; brings the runner of browser tests too.
pub(crate) const WASM_BINDGEN: CargoTool =
    CargoTool { program: "wasm-bindgen", package: "wasm-bindgen-cli", opt_level: "2", takes: "two minutes" };

/// Steers Firefox.
pub(crate) const GECKODRIVER: CargoTool =
    CargoTool { program: "geckodriver", package: "geckodriver", opt_level: "1", takes: "two minutes" };

impl CargoTool {
    /// The folder to put on PATH for this version; none if PATH has the version already.
    pub(crate) fn find_or_install(&self, sh: &Shell, cache: &Path, version: &str) -> Result<Option<PathBuf>> {
        if shell::has_version(sh, self.program, version) {
            return Ok(None);
        }
        let folder = cache.join(format!("{}-{version}", self.program));
        let bin = folder.join("bin");
        if !shell::has_version(sh, bin.join(self.program), version) {
            self.install(sh, &folder, version)?;
        }
        Ok(Some(bin))
    }

    /// Installs beside the folder and renames at the end, so that an interrupted installation is never taken for a tool.
    /// The next try goes on from its compiled part.
    fn install(&self, sh: &Shell, folder: &Path, version: &str) -> Result<()> {
        let Self { program, package, opt_level, takes } = self;
        say::step(format!("compiling {program} {version}, once for this machine; this takes about {takes}"));
        let unfinished = folder.with_file_name(format!(".unfinished-{program}-{version}"));
        let (built, target) = (unfinished.join("root"), unfinished.join("target"));
        sh.remove_path(&built)?;
        let _outside_of_our_cargo_config = sh.push_dir(sh.create_dir(&unfinished)?);
        shell::cargo(sh)
            .args(["install", "--locked", package, "--version", version, "--root"])
            .arg(&built)
            .env("CARGO_TARGET_DIR", &target)
            // The tools wait for the compiler and for disks: fat LTO would take longer than it ever saves.
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level)
            .run()
            .with_context(|| format!("by hand: cargo install --locked {package} --version {version}"))?;
        sh.remove_path(folder)?;
        fs::rename(&built, folder)?;
        sh.remove_path(&unfinished)?;
        Ok(())
    }
}
