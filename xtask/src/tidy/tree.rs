//! The repository's text files, as the rules see them, and a rule's complaint about one.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::Result;

/// Folders of others, or not in version control.
const SKIPPED: [&str; 5] = [".git", "target", "dist", "node_modules", "sources"];

/// Suffixes of files that people write; the rules read no others.
const WRITTEN: [&str; 12] =
    ["rs", "md", "toml", "html", "css", "js", "json", "yml", "yaml", "sh", "txt", "svg"];

/// The tree's files.
pub(super) struct Tree {
    pub(super) files: Vec<SourceFile>,
}

/// A file: its path from the top, with slashes, and its text.
pub(super) struct SourceFile {
    pub(super) path: String,
    pub(super) text: String,
}

/// A violation of a rule, and its place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    path: String,
    line: usize,
    what: String,
}

impl Tree {
    /// Reads the files below this folder.
    pub(super) fn read(top: &Path) -> Result<Self> {
        let mut files = Vec::new();
        collect(top, "", &mut files)?;
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Self { files })
    }

    /// A tree of these paths and texts.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let source = |(path, text): &(&str, &str)| SourceFile { path: (*path).into(), text: (*text).into() };
        Self { files: files.iter().map(source).collect() }
    }

    /// Files in Rust.
    pub(super) fn rust(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| file.is_rust())
    }
}

impl SourceFile {
    /// Whether the file is Rust code.
    pub(super) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|suffix| suffix == "rs")
    }

    /// Lines with their numbers, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// A complaint about this file; line 0 means all of it.
    pub(super) fn complaint(&self, line: usize, what: impl Into<String>) -> Complaint {
        Complaint { path: self.path.clone(), line, what: what.into() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what } = self;
        if *line == 0 { write!(f, "{path}: {what}") } else { write!(f, "{path}:{line}: {what}") }
    }
}

/// Collects the files below a folder; `prefix` is the folder's path from the top, ending in a slash.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<SourceFile>) -> Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let (path, at) = (format!("{prefix}{name}"), entry.path());
        if entry.file_type()?.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                collect(&at, &format!("{path}/"), files)?;
            }
        } else if at.extension().and_then(|end| end.to_str()).is_some_and(|end| WRITTEN.contains(&end)) {
            files.push(SourceFile { path, text: fs::read_to_string(at)? });
        }
    }
    Ok(())
}
