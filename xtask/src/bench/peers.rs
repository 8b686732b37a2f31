//! Installs nginx with nchan from Debian when it is to be measured. Without it, its rows are missing.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;
use xshell::Shell;

use crate::say;
use crate::setup::debian;

const NCHAN: [&str; 2] = ["nginx-light", "libnginx-mod-nchan"];
/// Debian's path of the module.
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// Finds or installs the peers that these flags name.
pub(super) fn find_or_install(sh: &Shell, flags: &[OsString]) -> Result<()> {
    let guard = flags.iter().any(|flag| flag == "--quick");
    if is_asked_for("nchan", !guard, flags) && !Path::new(MODULE).exists() {
        nchan(sh)?;
    }
    Ok(())
}

/// Whether the flags name this peer or a variant of it; `otherwise` when they name none.
pub(super) fn is_asked_for(peer: &str, otherwise: bool, flags: &[OsString]) -> bool {
    let Some(at) = flags.iter().position(|flag| flag.to_string_lossy().starts_with("--peers")) else {
        return otherwise;
    };
    // The names are behind the flag: after `=`, or in the next word.
    flags[at..].iter().take(2).any(|word| word.to_string_lossy().contains(peer))
}

fn nchan(sh: &Shell) -> Result<()> {
    if !debian::install(sh, &NCHAN)? {
        say::line("nchan is left out without its package");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, flags: &str) -> bool {
        let flags: Vec<_> = flags.split(' ').map(OsString::from).collect();
        is_asked_for(peer, true, &flags)
    }

    #[test]
    fn peers_are_those_named_or_the_default() {
        assert!(asked("nchan", "hold fanout"));
        assert!(asked("nchan", "hold --peers baseline,nchan:multipart"));
        assert!(asked("nchan", "--peers=nchan"));
        assert!(!asked("nchan", "--peers baseline,holdline"));
    }
}
