//! The sites of a project: `checks/sites/<site>.yaml`.

use crate::check::{Site, decode_site};
use crate::document::{Document, Problems, suggest};

use super::Failure;
use super::load::Loaded;

/// Decodes the site files, sorted by name. A project without them has no sites.
pub(super) fn decode(documents: &[Document], problems: &mut Problems) -> Vec<Site> {
    let mut sites: Vec<Site> = documents.iter().filter_map(|d| decode_site(d, problems)).collect();
    sites.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    sites
}

/// The sites to judge: the one that was typed, or all.
pub(super) fn chosen(typed: Option<&str>, loaded: &Loaded) -> Result<Vec<String>, Failure> {
    let Some(site) = typed else { return Ok(loaded.sites.clone()) };
    if loaded.sites.iter().any(|s| s == site) {
        return Ok(vec![site.to_owned()]);
    }
    let help = match loaded.sites.is_empty() {
        true => "this project has no sites; describe each in checks/sites/<site>.yaml".to_owned(),
        false => suggest::nearest_or_all(site, loaded.sites.iter().map(String::as_str)),
    };
    Err(Failure::Usage(format!("--site names no site\n`{site}`\n{help}")))
}
