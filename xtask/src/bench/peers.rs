//! The peers that others make: nginx with nchan from Debian, Engine.IO from npm. Only who is asked for is brought, and
//! only here, so that whoever runs the tests alone has neither. Without them they are left out of the tables.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::setup::debian;
use crate::{paths, say, shell};

const NCHAN: [&str; 2] = ["nginx-light", "libnginx-mod-nchan"];
/// Where Debian keeps the module.
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// Brings what these flags ask for.
pub(super) fn find_or_install(sh: &Shell, flags: &[OsString]) -> Result<()> {
    let asked = flags.iter().position(|flag| flag.to_string_lossy().starts_with("--peers"));
    let names = asked.map(|at| {
        let words = flags[at..].iter().take(2).map(|flag| flag.to_string_lossy().into_owned());
        words.collect::<Vec<_>>().join(" ")
    });
    let own_alone = flags.iter().any(|flag| flag == "--quick" || flag == "--write");
    let wanted = |name| names.as_ref().map_or(!own_alone && name != "engineio", |names| names.contains(name));
    if wanted("nchan") && !Path::new(MODULE).exists() {
        nchan(sh)?;
    }
    if wanted("engineio") {
        engine_io(sh);
    }
    Ok(())
}

fn nchan(sh: &Shell) -> Result<()> {
    if debian::can_install(sh) {
        say::step("installing nginx with nchan, some seconds");
        return debian::install(sh, &NCHAN);
    }
    say::line(format!("nchan is left out without its package; {}", debian::by_hand(&NCHAN)));
    Ok(())
}

fn engine_io(sh: &Shell) {
    let folder = paths::root().join("bench/peers/engineio");
    if folder.join("node_modules/engine.io").is_dir() {
        return;
    }
    if !shell::answers(sh, "npm") {
        say::line("Engine.IO is left out without npm");
        return;
    }
    say::step("installing Engine.IO from npm, some seconds");
    let installed =
        cmd!(sh, "npm install --no-audit --no-fund --no-package-lock --loglevel=error --prefix {folder}");
    if installed.run().is_err() {
        say::line("Engine.IO is left out: npm could not bring it");
    }
}
