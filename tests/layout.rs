//! The folders read like the pipeline, and no stage knows of a later one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The modules in the order of the pipeline. A module uses modules of lower rank only.
const RANKS: &[(&str, u8)] = &[
    ("context", 0),
    ("exit", 0),
    ("document", 0),
    ("value", 0),
    ("environment", 1),
    ("system", 1),
    ("source", 2),
    ("snapshot", 3),
    ("compare", 4),
    ("query", 4),
    ("check", 5),
    ("verdict", 6),
    ("report", 7),
    ("cli", 8),
];

/// What a module may use of its own rank.
const BESIDE: &[(&str, &str)] = &[("compare", "query")];

/// Stages that judge stored data only: they reach no source, whatever its rank.
const OFFLINE: &[&str] = &["compare", "query", "check", "verdict", "report"];

/// What may lie at the top of the repository: the project itself, then what tools expect beside it.
const TOP_LEVEL: &[&str] = &[
    "Cargo.toml",
    "src",
    "checks",
    "environments",
    "tests",
    "README.md",
    // Expected there by cargo, git, the go-live project that the repository is, and people.
    ".ci",
    ".gitattributes",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "Cargo.lock",
    "LICENSE",
    "benches",
    "clippy.toml",
    "deny.toml",
    "gonogo.yaml",
    "rustfmt.toml",
];

/// Made by tools and listed in `.gitignore`.
const NOT_FOR_GIT: &[&str] = &[".git", ".gonogo", "target", "proptest-regressions"];

/// A source file longer than this has more than one job.
const MOST_LINES: usize = 450;

fn rank(module: &str) -> Option<u8> {
    RANKS.iter().find(|(name, _)| *name == module).map(|(_, rank)| *rank)
}

/// Why `from` may not use `to`; `None` when it may.
fn objection(from: &str, to: &str) -> Option<String> {
    let Some(from_rank) = rank(from) else { return Some(format!("`{from}` has no rank: add it to RANKS")) };
    let Some(to_rank) = rank(to) else {
        return Some(format!("`crate::{to}` is no module with a rank: import from the module that defines it"));
    };
    if from == to {
        None
    } else if to_rank > from_rank {
        Some(format!("`{from}` (rank {from_rank}) uses `{to}` (rank {to_rank}): no stage knows of a later one"))
    } else if to_rank == from_rank && !BESIDE.contains(&(from, to)) {
        Some(format!("`{from}` uses `{to}` of the same rank {from_rank}"))
    } else if to == "source" && OFFLINE.contains(&from) {
        Some(format!("`{from}` judges stored data and must not use `source`"))
    } else {
        None
    }
}

/// Collects every path of one file that starts at the crate's root, outside `#[cfg(test)]`.
struct Paths {
    /// Module that the visitor is in, from the crate's root.
    module: Vec<String>,
    /// Path and line of each use.
    found: Vec<(Vec<String>, usize)>,
    /// Files of modules declared under `#[cfg(test)]`, as module paths.
    test_modules: Vec<Vec<String>>,
}

impl Paths {
    fn of(module: &[String], text: &str) -> Result<Self, syn::Error> {
        let file = syn::parse_file(text)?;
        let mut paths = Self { module: module.to_vec(), found: Vec::new(), test_modules: Vec::new() };
        paths.visit_file(&file);
        Ok(paths)
    }

    /// Takes a path as written, and keeps it when it leads into the crate.
    fn take(&mut self, segments: &[String], span: Span) {
        let mut base = match segments.first().map(String::as_str) {
            Some("crate" | "gonogo") => Vec::new(),
            Some("self") => self.module.clone(),
            Some("super") => self.module.clone(),
            _ => return,
        };
        let mut rest = segments;
        if segments[0] != "super" {
            rest = &segments[1..];
        }
        while rest.first().is_some_and(|s| s == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.extend(rest.iter().cloned());
        if segments.len() > 1 {
            self.found.push((base, span.start().line));
        }
    }

    fn take_tree(&mut self, prefix: &mut Vec<String>, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.take_tree(prefix, &path.tree);
                prefix.pop();
            }
            syn::UseTree::Name(name) if name.ident == "self" => self.take(prefix, name.span()),
            syn::UseTree::Name(name) => {
                prefix.push(name.ident.to_string());
                self.take(prefix, name.span());
                prefix.pop();
            }
            syn::UseTree::Rename(rename) => {
                prefix.push(rename.ident.to_string());
                self.take(prefix, rename.span());
                prefix.pop();
            }
            syn::UseTree::Glob(glob) => {
                prefix.push("*".to_owned());
                self.take(prefix, glob.span());
                prefix.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.take_tree(prefix, tree)),
        }
    }

    /// Paths within the arguments of macros and attributes, which are tokens to the parser.
    fn take_tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            match &trees[at] {
                TokenTree::Group(group) => self.take_tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let path = text.trim_matches('"');
                    if path.starts_with("crate::") || path.starts_with("super::") {
                        let segments: Vec<String> = path.split("::").map(str::to_owned).collect();
                        self.take(&segments, literal.span());
                    }
                }
                TokenTree::Ident(ident) => {
                    let mut segments = vec![ident.to_string()];
                    let is_colon = |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Punct(p)) if p.as_char() == ':');
                    while is_colon(trees.get(at + 1)) && is_colon(trees.get(at + 2)) {
                        let Some(TokenTree::Ident(next)) = trees.get(at + 3) else { break };
                        segments.push(next.to_string());
                        at += 3;
                    }
                    self.take(&segments, ident.span());
                }
                TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }
}

fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| a.path().is_ident("cfg") && matches!(&a.meta, syn::Meta::List(list) if list.tokens.to_string() == "test"))
}

fn attributes_of(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(i) => &i.attrs,
        syn::Item::Enum(i) => &i.attrs,
        syn::Item::ExternCrate(i) => &i.attrs,
        syn::Item::Fn(i) => &i.attrs,
        syn::Item::Impl(i) => &i.attrs,
        syn::Item::Macro(i) => &i.attrs,
        syn::Item::Mod(i) => &i.attrs,
        syn::Item::Static(i) => &i.attrs,
        syn::Item::Struct(i) => &i.attrs,
        syn::Item::Trait(i) => &i.attrs,
        syn::Item::Type(i) => &i.attrs,
        syn::Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if is_test_only(attributes_of(item)) {
            if let syn::Item::Mod(module) = item {
                let mut path = self.module.clone();
                path.push(module.ident.to_string());
                self.test_modules.push(path);
            }
            return;
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_test_only(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.module.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.take_tree(&mut Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.take(&segments, path.span());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.take_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.take_tokens(list.tokens.clone());
        }
    }
}

/// Every objection to what one file uses, as `line: why`.
fn objections(module: &[String], text: &str) -> Result<Vec<String>, syn::Error> {
    let Some(own) = module.first() else { return Ok(Vec::new()) };
    let mut out = BTreeSet::new();
    for (path, line) in Paths::of(module, text)?.found {
        let target = path.first().map_or("*", String::as_str);
        if let Some(why) = objection(own, target) {
            out.insert((line, why));
        }
    }
    Ok(out.into_iter().map(|(line, why)| format!("{line}: {why}")).collect())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files below a folder of the repository, sorted, with their text.
fn rust_files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    for entry in walkdir::WalkDir::new(root().join(folder)).sort_by_file_name() {
        let entry = entry.expect("a readable folder");
        if entry.path().extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(entry.path()).expect("a readable source");
            out.push((entry.path().strip_prefix(root()).expect("below the root").to_path_buf(), text));
        }
    }
    out
}

/// The module of a file below `src`: `src/check/kind/mod.rs` is `check::kind`.
fn module_of(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        path.with_extension("").components().skip(1).map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        parts.pop();
    }
    parts
}

#[test]
fn no_stage_imports_a_later_one() {
    let files = rust_files("src");
    let mut for_tests = Vec::new();
    for (path, text) in &files {
        for_tests.extend(Paths::of(&module_of(path), text).expect("Rust").test_modules);
    }
    let mut wrong = Vec::new();
    for (path, text) in &files {
        let module = module_of(path);
        if for_tests.iter().any(|t| module.starts_with(t)) {
            continue;
        }
        for objection in objections(&module, text).expect("Rust") {
            wrong.push(format!("{}:{objection}", path.display()));
        }
    }
    assert!(files.len() > 50, "the sources were not found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_rank() {
    let (_, lib) = rust_files("src").into_iter().find(|(path, _)| path.ends_with("lib.rs")).expect("src/lib.rs");
    let file = syn::parse_file(&lib).expect("Rust");
    let mut modules = BTreeSet::new();
    for item in &file.items {
        match item {
            syn::Item::Mod(module) => modules.insert(module.ident.to_string()),
            // A re-export would give a module a second name, past the ranks.
            syn::Item::Use(_) => panic!("src/lib.rs re-exports; every item has one home"),
            _ => true,
        };
    }
    let ranked: BTreeSet<String> = RANKS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(modules, ranked);
}

#[test]
fn an_upward_import_is_found_however_it_is_written() {
    let module = ["source".to_owned(), "files".to_owned()];
    let ways = [
        "use crate::snapshot::Table;",
        "use crate::{value::Raw, snapshot::{self, Table}};",
        "use crate::snapshot;",
        "use super::super::snapshot::Table;",
        "pub(crate) use crate::snapshot::Table as T;",
        "fn f() { crate::snapshot::open(); }",
        "fn f(t: &crate::snapshot::Table) {}",
        "fn f() -> Option<Box<dyn Fn(crate::snapshot::Table)>> { None }",
        "impl crate::snapshot::Read for X {}",
        "fn f() { println!(\"{}\", crate::snapshot::NAME); }",
        "#[serde(with = \"crate::snapshot::text\")] struct S;",
        "mod inner { use super::super::super::snapshot::Table; }",
        "use gonogo::snapshot::Table;",
        "use crate::*;",
    ];
    for way in ways {
        assert_eq!(objections(&module, way).expect("Rust").len(), 1, "{way}");
    }
}

#[test]
fn what_is_allowed_is_not_reported() {
    let allowed = [
        ("source", "use crate::value::Raw; use super::SourceError; use self::error::X; use std::path::Path;"),
        ("source", "#[cfg(test)] mod tests { use crate::snapshot::Table; }"),
        ("source", "#[cfg(test)] use crate::snapshot::Table;"),
        ("source", "struct S; impl S { #[cfg(test)] fn f() { crate::snapshot::open(); } }"),
        ("compare", "use crate::query::Condition;"),
        ("cli", "use crate::report::json; pub(crate) fn f() { crate::verdict::decide(); }"),
    ];
    for (module, text) in allowed {
        assert_eq!(objections(&[module.to_owned(), "x".to_owned()], text).expect("Rust"), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn stages_of_one_rank_do_not_know_each_other() {
    for (from, to, may) in [
        ("compare", "query", true),
        ("query", "compare", false),
        ("environment", "system", false),
        ("check", "snapshot", true),
        ("check", "source", false),
        ("snapshot", "source", true),
        ("value", "document", false),
        ("check", "nowhere", false),
    ] {
        assert_eq!(objection(from, to).is_none(), may, "{from} -> {to}");
    }
}

#[test]
fn no_source_file_is_long() {
    let long: Vec<String> = rust_files("src")
        .into_iter()
        .filter(|(_, text)| text.lines().count() > MOST_LINES)
        .map(|(path, text)| format!("{} has {} lines, more than {MOST_LINES}: split it", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// Lines of attributes and documentation that keep a test from running.
struct Ignored(Vec<usize>);

impl<'ast> Visit<'ast> for Ignored {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let line = attribute.span().start().line;
        match &attribute.meta {
            meta if meta.path().is_ident("ignore") => self.0.push(line),
            syn::Meta::List(list)
                if list.path.is_ident("cfg_attr")
                    && list.tokens.clone().into_iter().any(|t| matches!(t, TokenTree::Ident(i) if i == "ignore")) =>
            {
                self.0.push(line);
            }
            syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => {
                if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value
                    && text.value().trim_start().strip_prefix("```").is_some_and(|fence| fence.contains("ignore"))
                {
                    self.0.push(line);
                }
            }
            _ => {}
        }
    }
}

fn ignored(text: &str) -> Vec<usize> {
    let mut found = Ignored(Vec::new());
    found.visit_file(&syn::parse_file(text).expect("Rust"));
    found.0
}

#[test]
fn no_test_is_switched_off() {
    for text in [
        "#[test]\n#[ignore]\nfn f() {}",
        "#[test]\n#[ignore = \"slow\"]\nfn f() {}",
        "#[cfg_attr(windows, ignore)]\nfn f() {}",
        "/// ```ignore\nfn f() {}",
    ] {
        assert_eq!(ignored(text).len(), 1, "{text}");
    }
    let mut wrong = Vec::new();
    for (path, text) in rust_files("src").into_iter().chain(rust_files("tests")) {
        wrong.extend(ignored(&text).into_iter().map(|line| format!("{}:{line}", path.display())));
    }
    assert!(wrong.is_empty(), "a test that is not run proves nothing:\n{}", wrong.join("\n"));
}

#[test]
fn the_top_level_holds_the_project_and_what_tools_expect() {
    let mut strangers = Vec::new();
    for entry in std::fs::read_dir(root()).expect("the repository") {
        let name = entry.expect("a readable entry").file_name().to_string_lossy().into_owned();
        if !TOP_LEVEL.contains(&name.as_str()) && !NOT_FOR_GIT.contains(&name.as_str()) {
            strangers.push(name);
        }
    }
    strangers.sort();
    assert!(strangers.is_empty(), "not expected at the top of the repository: {}", strangers.join(", "));
}
