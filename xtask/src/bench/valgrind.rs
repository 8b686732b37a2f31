//! valgrind, from Debian, whose callgrind counts instructions for the guard. Without it they are not counted.

use std::ffi::OsString;

use xshell::Shell;

use crate::setup::debian;
use crate::{say, shell};

const PACKAGE: [&str; 1] = ["valgrind"];

/// What is counted with it, as the flags name it.
pub(super) const INSTRUCTIONS: &str = "instructions";

/// Brings it if these flags ask for what needs it.
pub(super) fn find_or_install(sh: &Shell, flags: &[OsString]) {
    let is_wanted = flags.iter().any(|flag| flag == "--quick" || flag == INSTRUCTIONS);
    if !is_wanted || shell::answers(sh, "valgrind") {
        return;
    }
    if debian::can_install(sh) {
        say::step("installing valgrind, some seconds");
        if debian::install(sh, &PACKAGE).is_ok() {
            return;
        }
    }
    say::line(format!("instructions are not counted without valgrind; {}", debian::by_hand(&PACKAGE)));
}

/// Whether instructions are all that these flags name, for which no server is needed.
pub(super) fn is_all_that_is_asked_for(flags: &[OsString]) -> bool {
    flags.iter().filter(|flag| !flag.to_string_lossy().starts_with('-')).eq([INSTRUCTIONS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_need_no_server() {
        let alone = |flags: &str| {
            let flags: Vec<_> = flags.split(' ').map(OsString::from).collect();
            is_all_that_is_asked_for(&flags)
        };
        assert!(alone("--quick instructions"));
        assert!(alone("instructions --quick --accept"));
        assert!(!alone("--quick"));
        assert!(!alone("instructions hold"));
    }
}
