//! The context of every step.

use xshell::Shell;

use crate::tools::Tools;

/// The shell and the tools of all steps.
pub(crate) struct Context<'a> {
    pub(crate) sh: &'a Shell,
    pub(crate) tools: Tools,
}
