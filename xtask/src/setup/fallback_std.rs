//! The wasm target for a machine that cannot reach the Rust release server: Debian's compiler, linked into rustup
//! under a separate name, with a standard library compiled from Debian's sources. The default toolchain stays unchanged.
//! Writes outside of the user's folders, so only with consent.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use xshell::{Shell, cmd};

use super::std_library::{TARGET, has_std};
use super::{consent, debian};
use crate::{say, shell};

/// The name under which rustup knows Debian's compiler.
pub(crate) const TOOLCHAIN: &str = "holdline-wasm";

/// The folder in which Debian's compiler looks for the target's standard library.
const LIBRARY: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";

/// The version of the compiler that has built the library: after an upgrade it must be built again.
const STAMP: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib/holdline-built-with";

const PACKAGES: [&str; 6] =
    ["rustc-web", "cargo-web", "rust-web-clippy", "rust-web-src", "rust-web-llvm", "lld-22"];

/// The linker's name in Debian, and the one the compiler calls it by.
const LINKER: (&str, &str) = ("/usr/bin/lld-22", "/usr/local/bin/rust-lld");

/// Whether the library is installed, built by the present compiler.
pub(crate) fn is_there(sh: &Shell) -> bool {
    let built_with = fs::read_to_string(STAMP).ok();
    built_with.is_some() && built_with == compiler(sh) && has_std(Path::new(LIBRARY)) && is_linked(sh)
}

/// Installs Debian's compiler, builds the standard library, and tries it.
pub(crate) fn install(sh: &Shell, cache: &Path) -> Result<()> {
    let (linker, called) = LINKER;
    say::step("the release server is out of reach: Debian's compiler can build the client, too");
    let agreed = consent::is_given(sh, &format!("write to {LIBRARY} and {called}"))?;
    ensure!(
        agreed && debian::install(sh, &PACKAGES)?,
        "the compiler's target for the browser is missing: run `rustup target add {TARGET}` where the release server \
         can be reached, or `cargo xtask --yes setup`"
    );
    cmd!(sh, "ln -sf {linker} {called}").run()?;
    if !is_linked(sh) {
        cmd!(sh, "rustup toolchain link {TOOLCHAIN} /usr").run()?;
    }
    say::step("compiling the standard library for the browser, about a minute");
    let folder = cache.join(".unfinished-std");
    sh.remove_path(&folder)?;
    build(sh, &folder)?;
    try_out(sh, &folder)?;
    sh.remove_path(&folder)?;
    fs::write(STAMP, compiler(sh).context("/usr/bin/rustc does not run")?)?;
    Ok(())
}

/// Builds the standard library for an empty crate, and copies it to the compiler's folder.
fn build(sh: &Shell, folder: &Path) -> Result<()> {
    sh.write_file(
        folder.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n",
    )?;
    sh.write_file(folder.join("src/lib.rs"), "")?;
    let _inside = sh.push_dir(folder);
    shell::cargo(sh)
        .args(["build", "--release", "-Zbuild-std=std,panic_abort,proc_macro,test", "--target", TARGET])
        .env("RUSTUP_TOOLCHAIN", TOOLCHAIN)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        // Without bitcode in it, the client's fat LTO fails.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("RUSTC_BOOTSTRAP", "1")
        .run()?;
    // Libraries of an older compiler would be found twice.
    sh.remove_path(LIBRARY)?;
    sh.create_dir(LIBRARY)?;
    for file in sh.read_dir(folder.join("target").join(TARGET).join("release").join("deps"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if file.extension().is_some_and(|suffix| suffix == "rlib") && !name.starts_with("libempty-") {
            sh.copy_file(&file, LIBRARY)?;
        }
    }
    Ok(())
}

/// Compiles and links a program with the new library.
fn try_out(sh: &Shell, folder: &Path) -> Result<()> {
    let source = folder.join("try.rs");
    sh.write_file(&source, "#[unsafe(no_mangle)] pub extern \"C\" fn f(n: u32) { println!(\"{n}\") }")?;
    let output = folder.join("try.wasm");
    cmd!(sh, "rustc --target {TARGET} --crate-type cdylib -C lto=fat -C panic=abort -O -o {output} {source}")
        .env("RUSTUP_TOOLCHAIN", TOOLCHAIN)
        .run()
        .context("the standard library was built but cannot be used")
}

/// Whether rustup knows the toolchain.
fn is_linked(sh: &Shell) -> bool {
    let names = cmd!(sh, "rustup toolchain list").quiet().ignore_stderr().read().unwrap_or_default();
    names.lines().any(|line| line.split_whitespace().next() == Some(TOOLCHAIN))
}

/// The full version of Debian's compiler.
fn compiler(sh: &Shell) -> Option<String> {
    cmd!(sh, "/usr/bin/rustc --version --verbose").quiet().ignore_stderr().read().ok()
}
