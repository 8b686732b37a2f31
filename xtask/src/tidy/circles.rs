//! Checks that no files of a crate import each other in a circle. A name counts as imported from the file that defines it, not
//! from one that passes it on; a file that declares a module may pass on its names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Item, ItemMod, ItemUse, UseTree, Visibility};

use super::tree::{Complaint, SourceFile, Tree};

/// The beginnings of paths that do not begin with a crate or an own module.
const UPWARD: [&str; 3] = ["crate", "self", "super"];

/// The path of a module within its crate; the crate itself has an empty one.
type Module = Vec<String>;

/// The files of a crate, by their modules.
type Crate<'a> = BTreeMap<Module, Contents<'a>>;

/// A file as far as imports go. Modules within a file belong to it.
struct Contents<'a> {
    file: &'a SourceFile,
    defined: BTreeSet<String>,
    uses: Vec<Use>,
    paths: Vec<Vec<String>>,
}

/// A name that a `use` brings in.
struct Use {
    name: String,
    path: Vec<String>,
    is_public: bool,
}

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut crates = BTreeMap::<&str, Crate<'_>>::new();
    let roots: Vec<&str> = tree.rust().filter_map(|file| root(&file.path)).collect();
    for file in tree.rust() {
        let of = roots.iter().filter(|root| file.path.starts_with(**root)).max_by_key(|root| root.len());
        // What does not parse is the compiler's to say.
        if let (Some(root), Ok(parsed)) = (of, syn::parse_file(&file.text)) {
            crates.entry(root).or_default().insert(module(&file.path[root.len()..]), read(file, &parsed));
        }
    }
    crates.values().flat_map(circles).collect()
}

/// The folder of a crate, with a slash at its end, if this is the crate's first file.
fn root(path: &str) -> Option<&str> {
    ["lib.rs", "main.rs"]
        .into_iter()
        .find_map(|name| path.strip_suffix(name))
        .filter(|root| root.ends_with('/'))
}

/// The module of a file, by its path within the crate.
fn module(path: &str) -> Module {
    let stem = Path::new(path).with_extension("");
    let parts = stem.iter().map(|part| part.to_string_lossy().into_owned());
    parts.filter(|part| !["lib", "main"].contains(&&**part)).collect()
}

fn read<'a>(file: &'a SourceFile, parsed: &syn::File) -> Contents<'a> {
    let mut contents = Contents { file, defined: BTreeSet::new(), uses: Vec::new(), paths: Vec::new() };
    contents.defined.extend(parsed.items.iter().filter_map(name_of).map(ToString::to_string));
    contents.visit_file(parsed);
    contents
}

fn name_of(item: &Item) -> Option<&syn::Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        _ => None,
    }
}

impl Visit<'_> for Contents<'_> {
    fn visit_item_mod(&mut self, _: &ItemMod) {}

    fn visit_visibility(&mut self, _: &Visibility) {}

    fn visit_item_use(&mut self, item: &ItemUse) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        self.take(Vec::new(), &item.tree, is_public);
    }

    fn visit_path(&mut self, path: &syn::Path) {
        // One name alone may be a variable, and is no module's.
        if path.segments.len() > 1 {
            self.paths.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }
}

impl Contents<'_> {
    fn take(&mut self, mut path: Vec<String>, tree: &UseTree, is_public: bool) {
        let name = match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                return self.take(path, &tree.tree, is_public);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.take(path.clone(), tree, is_public));
            }
            UseTree::Name(name) => &name.ident,
            UseTree::Rename(name) => {
                path.push(name.ident.to_string());
                return self.uses.push(Use { name: name.rename.to_string(), path, is_public });
            }
            UseTree::Glob(_) => return self.uses.push(Use { name: "*".to_owned(), path, is_public }),
        };
        path.extend([name.to_string()].into_iter().filter(|name| name != "self"));
        self.uses.push(Use { name: name.to_string(), path, is_public });
    }
}

/// The module that defines what this path in a module leads to; `None` for other crates.
fn find(all: &Crate<'_>, from: &Module, path: &[String]) -> Option<Module> {
    let mut names = path.iter().peekable();
    let mut at = from.clone();
    match names.peek().map(|name| &***name) {
        Some("crate") => at.clear(),
        Some("self" | "super") => {}
        Some(name) if all.contains_key(&[&at[..], &[name.to_owned()]].concat()) => {}
        _ => return None,
    }
    while let Some(name) = names.next_if(|name| UPWARD.contains(&&***name)) {
        if name == "super" {
            at.pop()?;
        }
    }
    for name in names {
        let inner = [&at[..], std::slice::from_ref(name)].concat();
        if all.contains_key(&inner) {
            at = inner;
            continue;
        }
        let contents = all.get(&at)?;
        let passed_on = contents.uses.iter().find(|item| item.name == *name && item.path != path);
        let passed_on = passed_on.filter(|_| !contents.defined.contains(name));
        return passed_on.and_then(|item| find(all, &at, &item.path)).or(Some(at));
    }
    Some(at)
}

/// The modules that a module imports from.
fn imports(all: &Crate<'_>, module: &Module) -> BTreeSet<Module> {
    let contents = &all[module];
    let uses = contents.uses.iter().filter_map(|item| {
        let from = find(all, module, &item.path)?;
        // The names of its own modules are passed on.
        (!item.is_public || !from.starts_with(module)).then_some(from)
    });
    let paths = contents.paths.iter().filter_map(|path| find(all, module, path));
    uses.chain(paths).filter(|from| from != module && all.contains_key(from)).collect()
}

/// One complaint for each circle, about its first file.
fn circles(all: &Crate<'_>) -> Vec<Complaint> {
    let arrows: BTreeMap<&Module, BTreeSet<Module>> = all.keys().map(|of| (of, imports(all, of))).collect();
    let reached = |from: &Module| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(at) = next.pop() {
            next.extend(arrows[at].iter().filter(|to| seen.insert((*to).clone())));
        }
        seen
    };
    let reach: BTreeMap<&Module, BTreeSet<Module>> = all.keys().map(|from| (from, reached(from))).collect();
    let mut complaints = Vec::new();
    for (module, contents) in all {
        let circle: Vec<&Module> =
            reach[module].iter().filter(|other| reach[other].contains(module)).collect();
        if circle.first() == Some(&module) {
            let files: Vec<&str> = circle.iter().map(|module| &*all[*module].file.path).collect();
            complaints.push(contents.file.complaint(0, format!("imports in a circle: {}", files.join(", "))));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn files_that_import_each_other_are_a_circle() {
        let found = complaints(&[
            ("a/src/lib.rs", "mod log; mod room;"),
            ("a/src/log.rs", "use crate::room::Room; pub(crate) struct Log;"),
            ("a/src/room.rs", "pub struct Room; pub(crate) fn read(_: super::log::Log) {}"),
        ]);
        assert_eq!(found, ["a/src/log.rs: imports in a circle: a/src/log.rs, a/src/room.rs"]);
    }

    #[test]
    fn names_count_for_the_file_that_defines_them() {
        let facade = "mod caller; mod limits; pub use caller::Caller; pub use limits::Limits;";
        let limits = ("a/src/api/limits.rs", "pub struct Limits;");
        let caller = ("a/src/api/caller.rs", "use super::Limits; pub struct Caller;");
        assert_eq!(
            complaints(&[("a/src/lib.rs", "mod api;"), ("a/src/api.rs", facade), limits, caller]).len(),
            0
        );
        let limits = ("a/src/api/limits.rs", "use crate::api::Caller; pub struct Limits;");
        assert_eq!(
            complaints(&[("a/src/lib.rs", "mod api;"), ("a/src/api.rs", facade), limits, caller]).len(),
            1
        );
    }

    #[test]
    fn module_that_uses_its_parent_is_a_circle_if_the_parent_uses_it() {
        let child = ("a/src/hub/room.rs", "use super::Limit; pub struct Room;");
        let using = ("a/src/hub.rs", "mod room; use room::Room; pub struct Limit;");
        assert_eq!(complaints(&[("a/src/lib.rs", "mod hub;"), using, child]).len(), 1);
        let declaring = ("a/src/hub.rs", "mod room; pub use room::Room; pub struct Limit;");
        assert_eq!(complaints(&[("a/src/lib.rs", "mod hub;"), declaring, child]).len(), 0);
    }

    #[test]
    fn tests_within_a_file_and_other_crates_are_no_circle() {
        let log =
            ("a/src/log.rs", "use serde::de; pub struct Log; mod tests { use super::*; use crate::room; }");
        let room = ("a/src/room.rs", "use crate::log::Log;");
        assert_eq!(complaints(&[("a/src/lib.rs", "mod log; mod room;"), log, room]).len(), 0);
        let binary = ("a/src/bin/tool/main.rs", "mod log; use a::Log;");
        let its = ("a/src/bin/tool/log.rs", "use a::room;");
        assert_eq!(complaints(&[("a/src/lib.rs", ""), binary, its]).len(), 0);
    }
}
