//! Takes what only people need out of scripts and styles.

use std::path::Path;

use anyhow::{Context as _, Result};
use xshell::{Shell, cmd};

/// Rewrites every script and style of this folder. A script stays the module that the page imports.
pub(crate) fn folder(sh: &Shell, esbuild: &Path, folder: &Path) -> Result<()> {
    for file in sh.read_dir(folder)? {
        if file.extension().is_some_and(|suffix| suffix == "js" || suffix == "css") {
            let minify = "--minify --target=es2022 --log-level=error --allow-overwrite";
            let arguments = minify.split(' ');
            cmd!(sh, "{esbuild} {file} {arguments...} --outfile={file}")
                .quiet()
                .run()
                .with_context(|| format!("esbuild could not minify {}", file.display()))?;
        }
    }
    Ok(())
}
