//! Site files: what differs at one site. `checks/sites/<site>.yaml`.

mod hidden;
mod overlay;
mod rules;
#[cfg(test)]
mod tests;

pub(super) use hidden::told as what_was_hidden;
pub use overlay::{Overlaid, overlay};

use std::sync::Arc;

use crate::document::decode::{Fields, boolean, list, one_of, some_text, version};
use crate::document::{At, Content, Document, Node, Place, Problems, names};
use crate::snapshot::{Plan, split_view};
use crate::system::site_dataset;

use super::file::{Check, Severities};
use super::finding::Severity;
use super::kind::ignored::{self, Ignored};
use super::kind::signed::{self, SignedList};
use super::kind::{Kind, list_path};
use super::lint::Catalogue;

/// One site, and what differs there.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name: that of the file, and what `site()` gives.
    pub name: At<String>,
    /// What differs, in file order.
    pub adjustments: Vec<Arc<Adjustment>>,
}

/// What differs at one site in one check.
#[derive(Clone, Debug)]
pub struct Adjustment {
    /// Name of the site.
    pub site: String,
    /// Id of the check.
    pub check: At<String>,
    /// How bad its findings are here.
    pub severity: Option<At<SeverityChange>>,
    /// Columns that are not compared here.
    pub ignore: Vec<Ignored>,
    /// Another signed-off list.
    pub rows: Option<SiteList>,
    /// Set when the check does not apply here.
    pub drop: Option<Place>,
    /// Why.
    pub reason: String,
    /// Who agreed.
    pub approver: Option<At<String>>,
    /// Where it begins.
    pub place: Place,
}

/// Severities that a site gives; what it does not name stays as the check says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeverityChange {
    /// Missing in production.
    pub missing: Option<Severity>,
    /// Extra in production.
    pub extra: Option<Severity>,
    /// Changed, and everything else.
    pub changed: Option<Severity>,
}

/// A signed-off list of one site.
#[derive(Clone, Debug)]
pub struct SiteList {
    /// Its path, below the project.
    pub rows: At<String>,
    /// Who signed it.
    pub(super) signed: Option<SignedList>,
}

impl SiteList {
    /// SHA-256 of the bytes that were signed.
    pub fn sha256(&self) -> Option<&str> {
        self.signed.as_ref().map(|s| s.sha256.value.as_str())
    }
}

/// A check as one site asks it.
#[derive(Clone)]
pub struct AtSite {
    /// Name of the site.
    pub name: String,
    /// What differs here; `None` when the check is as its file says.
    pub adjustment: Option<Arc<Adjustment>>,
    /// Severities before the adjustment.
    pub base: Severities,
    /// Test before the adjustment.
    pub(super) base_test: Arc<dyn Kind>,
}

impl SeverityChange {
    /// The severities with this change.
    pub fn over(&self, base: Severities) -> Severities {
        Severities {
            missing: self.missing.unwrap_or(base.missing),
            extra: self.extra.unwrap_or(base.extra),
            changed: self.changed.unwrap_or(base.changed),
        }
    }
}

impl Check {
    /// What reports call it and what its outcome is known by: its id, with its site where each site has an answer of its own.
    pub fn name(&self) -> String {
        match &self.site {
            None => self.id.value.clone(),
            Some(site) => format!("{} at {}", self.id.value, site.name),
        }
    }

    /// The site whose answer it gives.
    pub fn site_name(&self) -> Option<&str> {
        self.site.as_ref().map(|s| s.name.as_str())
    }

    /// Why it does not apply at its site, when that was said.
    pub fn dropped(&self) -> Option<&Adjustment> {
        self.site.as_ref()?.adjustment.as_deref().filter(|a| a.drop.is_some())
    }

    /// Asks for the datasets it reads, those of its site where they differ by site.
    pub fn plan(&self, catalogue: &Catalogue<'_>, plan: &mut Plan) {
        if self.dropped().is_some() {
            return;
        }
        let mut own = Plan::default();
        self.test.plan(catalogue.pair, &mut own);
        if let Some(site) = self.site_name() {
            for (environment, datasets) in &mut own.datasets {
                let per_site = catalogue.per_site(environment);
                *datasets = std::mem::take(datasets)
                    .into_iter()
                    .map(|d| if per_site.contains(base_name(&d)) { site_dataset(&d, site) } else { d })
                    .collect();
            }
        }
        plan.extend(own);
    }
}

/// The dataset of which `clinics@clerk` is a login's view.
fn base_name(dataset: &str) -> &str {
    split_view(dataset).map_or(dataset, |(dataset, _)| dataset)
}

/// Decodes one site file; every mistake goes to `problems`.
pub fn decode_site(document: &Document, problems: &mut Problems) -> Option<Site> {
    let mut fields = Fields::open(&document.root, "a site file", problems)?;
    version(&mut fields, problems);
    let site = fields.need("site", problems, site_name);
    let known = site.as_ref().map_or("", |s| s.value.as_str());
    let adjustments = fields.need("adjust", problems, |n, p| list(n, p, |n, p| adjustment(n, known, p)));
    fields.close(problems);
    Some(Site { name: site?, adjustments: adjustments?.into_iter().map(Arc::new).collect() })
}

/// The name of a site: a file, and what `site()` gives; unlike a dataset's it may be a word of SQL, such as `main`.
fn site_name(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let site = some_text(node, problems)?;
    // A hyphen parts a dataset from its site in a snapshot.
    let hyphen = site.value.contains('-').then(|| "a hyphen is not allowed; use a-z, 0-9 and _".to_owned());
    if let Some(why) = hyphen.or_else(|| names::file_objection(&site.value)) {
        problems.add(&site.place, format!("`{}` cannot be a name: {why}", site.value)).expected("a name such as `eastgate`");
        return None;
    }
    Some(site)
}

fn adjustment(node: &Node, site: &str, problems: &mut Problems) -> Option<Adjustment> {
    let mut fields = Fields::open(node, "an adjustment", problems)?;
    let check = fields.need("check", problems, some_text);
    let severity = fields.get("severity", problems, severity_change);
    let ignore = fields.get("ignore", problems, |n, p| list(n, p, ignored::decode)).unwrap_or_default();
    let rows = fields.get("rows", problems, list_path);
    let signed = fields.get("signed", problems, signed::decode_list);
    let drop = fields.get("drop", problems, dropped);
    let reason = fields.need("reason", problems, some_text);
    let approver = fields.get("approver", problems, some_text);
    let said = |fields: &mut Fields<'_>, word| fields.optional(word).is_some();
    if !["severity", "ignore", "rows", "drop"].into_iter().any(|word| said(&mut fields, word)) {
        problems.add(&fields.first_place(), "this adjusts nothing").expected("severity, ignore, rows or drop");
    }
    if said(&mut fields, "signed") && !said(&mut fields, "rows") {
        let place = fields.entry("signed").map_or_else(|| node.place.clone(), |e| e.key_place.clone());
        problems.add(&place, "this signature has no list under which it stands").help("add `rows: lists/…csv`");
    }
    if said(&mut fields, "drop") && !said(&mut fields, "approver") {
        let message = "a check that a site drops needs someone who agreed";
        problems.add(&fields.first_place(), message).expected("add `approver: …`");
    }
    fields.close(problems);
    Some(Adjustment {
        site: site.to_owned(),
        check: check?,
        severity,
        ignore,
        rows: rows.map(|rows| SiteList { rows, signed }),
        drop,
        reason: reason?.value,
        approver,
        place: node.place.clone(),
    })
}

fn severity_change(node: &Node, problems: &mut Problems) -> Option<At<SeverityChange>> {
    let one = |n: &Node, p: &mut Problems| one_of(n, "severity", Severity::WORDS, p).map(|s| s.value);
    let value = if let Content::Scalar(_) = node.content {
        let all = Some(one(node, problems)?);
        SeverityChange { missing: all, extra: all, changed: all }
    } else {
        let mut fields = Fields::open(node, "`severity`", problems)?;
        let missing = fields.get("missing", problems, one);
        let extra = fields.get("extra", problems, one);
        let changed = fields.get("changed", problems, one);
        fields.close(problems);
        SeverityChange { missing, extra, changed }
    };
    Some(At { value, place: node.place.clone() })
}

fn dropped(node: &Node, problems: &mut Problems) -> Option<Place> {
    let said = boolean(node, problems)?;
    if !said.value {
        problems.add(&said.place, "a check that is not dropped needs no line here").expected("`drop: true`, or no `drop`");
        return None;
    }
    Some(said.place)
}
