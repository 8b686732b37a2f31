//! Embeds the browser client that `HOLDLINE_CLIENT` names, a folder as `cargo xtask build` leaves it, with the compressed
//! form of each file beside it. Without the variable nothing is embedded, and the server shows a page that says so.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=HOLDLINE_CLIENT");
    let mut files = BTreeMap::new();
    if let Some(folder) =
        env::var_os("HOLDLINE_CLIENT").filter(|folder| !folder.is_empty()).map(PathBuf::from)
    {
        println!("cargo::rerun-if-changed={}", folder.display());
        collect(&folder, &folder, &mut files)?;
        if !files.contains_key("index.html") {
            return Err(format!("HOLDLINE_CLIENT={} has no index.html", folder.display()).into());
        }
    }
    let mut build = DefaultHasher::new();
    let mut table = String::from("static FILES: &[File] = &[\n");
    for (path, file) in &files {
        if path
            .strip_suffix(".br")
            .or(path.strip_suffix(".gz"))
            .is_some_and(|plain| files.contains_key(plain))
        {
            continue;
        }
        let mut hasher = DefaultHasher::new();
        fs::read(file)?.hash(&mut hasher);
        (path, hasher.finish()).hash(&mut build);
        let compressed = |ending| match files.get(&format!("{path}.{ending}")) {
            Some(file) => format!("Some(include_bytes!({}))", literal(file)),
            None => "None".to_owned(),
        };
        writeln!(
            table,
            "    File {{ path: {path:?}, plain: include_bytes!({}), brotli: {}, gzip: {}, hash: \"{:016x}\" }},",
            literal(file),
            compressed("br"),
            compressed("gz"),
            hasher.finish(),
        )?;
    }
    table.push_str("];\n");
    // The build's identity: open pages compare it with the one that they came with.
    println!("cargo::rustc-env=HOLDLINE_BUILD={}+{:016x}", env::var("CARGO_PKG_VERSION")?, build.finish());
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("client.rs"), table)?;
    Ok(())
}

/// A path as a Rust string literal.
fn literal(path: &Path) -> String {
    format!("{:?}", path.to_string_lossy())
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            files.insert(name, path.canonicalize()?);
        }
    }
    Ok(())
}
