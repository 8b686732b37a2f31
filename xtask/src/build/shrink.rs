//! Makes the built client smaller by what no compiler does: short names between script and WebAssembly, and functions
//! in an order that compresses well. Then files are named after what is in them now.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use xshell::{Cmd, Shell, cmd};

use super::{names, order, wasm};
use crate::fingerprint;
use crate::tools::Tools;

/// What the compiler uses of WebAssembly, as index.html has it for trunk.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Whether there is the tool for it. Where trunk has to download its own, there is none.
pub(crate) fn is_possible(sh: &Shell, tools: &Tools) -> Result<bool> {
    Ok(wasm_opt(sh, tools)?.arg("--version").ignore_stdout().ignore_stderr().run().is_ok())
}

/// Rewrites the client in this folder.
pub(crate) fn client(sh: &Shell, tools: &Tools, folder: &Path) -> Result<()> {
    let find = |end: &str| -> Result<PathBuf> {
        let mut files = sh.read_dir(folder)?.into_iter();
        let file = files.find(|file| file.to_string_lossy().ends_with(end));
        file.with_context(|| format!("no file that ends in {end} in {}", folder.display()))
    };
    let (module, page) = (find("_bg.wasm")?, find("index.html")?);
    let stem = module.file_name().and_then(|name| name.to_str()?.strip_suffix("_bg.wasm"));
    let stem = stem.context("an unreadable name")?.to_owned();
    let script = folder.join(format!("{stem}.js"));

    let mut sections = wasm::read(&fs::read(&module)?)?;
    let mut text = sh.read_file(&script)?;
    names::shorten(&mut sections, &mut text)?;
    order::name_by_order(&mut sections)?;
    fs::write(&module, wasm::write(&sections))?;
    sh.write_file(&script, text)?;
    let arguments = ["--reorder-functions-by-name", "--strip-debug", "--strip-target-features"];
    wasm_opt(sh, tools)?.args(FEATURES).args(arguments).arg(&module).arg("-o").arg(&module).run()?;
    rename(sh, &stem, [&module, &script, &page])
}

fn wasm_opt<'a>(sh: &'a Shell, tools: &Tools) -> Result<Cmd<'a>> {
    Ok(cmd!(sh, "wasm-opt").env("PATH", tools.path()?).quiet())
}

/// Browsers keep files under their names for ever, so that other content must have another name.
fn rename(sh: &Shell, stem: &str, [module, script, page]: [&PathBuf; 3]) -> Result<()> {
    let hash = fingerprint::of(&[module.clone(), script.clone()])?;
    let name = stem.split('-').next().unwrap_or_default();
    let new = format!("{name}-{hash:016x}");
    for file in [script, page] {
        sh.write_file(file, sh.read_file(file)?.replace(stem, &new))?;
    }
    for (file, end) in [(module, "_bg.wasm"), (script, ".js")] {
        fs::rename(file, file.with_file_name(format!("{new}{end}")))?;
    }
    Ok(())
}
