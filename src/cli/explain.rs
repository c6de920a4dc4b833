//! `gonogo explain`: a check as it is asked, and which file says what.

mod page;

use std::sync::Arc;

use crate::check::{Adjustment, Check, Severities};
use crate::context::Context;
use crate::document::{Content, Entry, Node, Place, Problems, load as parse, suggest};
use crate::exit::ExitStatus;

use super::args::{Args, ExplainArgs};
use super::load::{Loaded, PairOverride, find, load};
use super::{Failure, output, sites};
use page::Page;

pub(super) fn run(args: &Args, typed: &ExplainArgs, context: &Context) -> Result<ExitStatus, Failure> {
    let loaded = load(find(args.project.as_deref(), context)?, PairOverride::default())?;
    let all = || loaded.files.iter().flat_map(|f| &f.checks);
    let asked: Vec<&Check> = all().filter(|c| c.id.value == typed.check).collect();
    let Some(first) = asked.first() else {
        let mut ids: Vec<&str> = all().map(|c| c.id.value.as_str()).collect();
        ids.dedup();
        let help = suggest::nearest_or_all(&typed.check, ids.into_iter());
        return Err(Failure::Usage(format!("there is no check `{}`\ngonogo explain CHECK\n{help}", typed.check)));
    };
    let mut page = Page::default();
    match typed.site.as_deref() {
        None => {
            as_its_file_says(first, &mut page);
            sites_of(&asked, &loaded, &mut page);
        }
        Some(site) => {
            sites::chosen(Some(site), &loaded)?;
            match asked.iter().find(|c| c.site_name() == Some(site)) {
                Some(check) => at_site(check, site, &mut page),
                None => {
                    as_its_file_says(first, &mut page);
                    page.remark(&format!("one answer for all sites: {site} changes nothing in this check"));
                }
            }
        }
    }
    output::stdout(page.text().as_bytes())?;
    Ok(ExitStatus::Go)
}

fn as_its_file_says(check: &Check, page: &mut Page) {
    let base = check.site.as_ref().map_or(check.severity, |site| site.base);
    shown(check, base, None, page);
}

fn at_site(check: &Check, site: &str, page: &mut Page) {
    let adjustment = check.site.as_ref().and_then(|s| s.adjustment.as_ref());
    shown(check, check.severity, adjustment, page);
    match adjustment {
        None => page.remark(&format!("{site} asks this check as its file says, of its own records")),
        Some(adjustment) if adjustment.drop.is_some() => page.remark(&format!("{site} does not ask this check")),
        Some(_) => {}
    }
}

/// What each site says of the check.
fn sites_of(asked: &[&Check], loaded: &Loaded, page: &mut Page) {
    if let [only] = asked
        && only.site.is_none()
    {
        if !loaded.sites.is_empty() {
            page.remark("one answer for all sites");
        }
        return;
    }
    for site in asked.iter().filter_map(|c| c.site.as_ref()) {
        match &site.adjustment {
            None => page.remark(&format!("at {}: as above, of its own records", site.name)),
            Some(adjustment) => {
                page.remark(&format!("at {}:", site.name));
                if let Some(node) = written(&adjustment.place) {
                    entries(&node).iter().filter(|e| e.key != "check").for_each(|entry| page.entry(1, entry));
                }
            }
        }
    }
}

/// The check with what a site adjusts in it, each line with the place that says it.
fn shown(check: &Check, severity: Severities, adjustment: Option<&Arc<Adjustment>>, page: &mut Page) {
    let (Some(node), Some(file)) = (written(&check.place), whole(&check.place)) else { return };
    let at_site = adjustment.and_then(|a| written(&a.place));
    let adjusts = |key: &str| at_site.as_ref().and_then(|n| entries(n).iter().find(|e| e.key == key));
    let own = entries(&node);
    // What the file says for all its checks stands with what this one says.
    let of_file = entries(&file).iter().filter(|e| matches!(e.key.as_str(), "area" | "owner"));
    let inherited = || of_file.clone().filter(|e| own.iter().all(|o| o.key != e.key));
    let mut said = None;
    for entry in own {
        if entry.key == check.test.word() {
            inherited().for_each(|e| page.entry(0, e));
            test(entry, adjusts("ignore"), [adjusts("rows"), adjusts("signed")], page);
        } else if entry.key == "severity" {
            said = Some(entry);
        } else {
            page.entry(0, entry);
        }
    }
    severities(severity, said, adjusts("severity"), page);
    for (label, key) in [("dropped", "drop"), ("reason", "reason"), ("approver", "approver")] {
        if let (Some(entry), Some(site)) = (adjusts(key), check.site_name()) {
            page.value(0, &format!("{label} at {site}"), &entry.key_place, &entry.value);
        }
    }
}

/// The part that asks: columns that the site ignores stand after those of the check, its list in the place of the check's.
fn test(entry: &Entry, ignore: Option<&Entry>, list: [Option<&Entry>; 2], page: &mut Page) {
    page.heading(0, entry);
    for part in entries(&entry.value) {
        let replaced = list[0].is_some() && matches!(part.key.as_str(), "rows" | "signed");
        if !replaced {
            page.entry(1, part);
        }
        if let Some(more) = ignore.filter(|_| part.key == "ignore") {
            page.items(2, &more.value);
        }
    }
    if let Some(more) = ignore.filter(|_| entries(&entry.value).iter().all(|part| part.key != "ignore")) {
        page.entry(1, more);
    }
    list.into_iter().flatten().for_each(|part| page.entry(1, part));
}

/// The three severities, each with whoever said it last.
fn severities(is: Severities, base: Option<&Entry>, site: Option<&Entry>, page: &mut Page) {
    page.unsaid(0, "severity:", "");
    for (word, severity) in [("missing", is.missing), ("extra", is.extra), ("changed", is.changed)] {
        let text = format!("{word}: {}", severity.word());
        match site.and_then(|e| told_by(e, word)).or_else(|| base.and_then(|e| told_by(e, word))) {
            Some(place) => page.line(1, &place, &text),
            None => page.unsaid(1, &text, "standard"),
        }
    }
}

/// Where `severity` says this word; one severity for all says each.
fn told_by(entry: &Entry, word: &str) -> Option<Place> {
    match &entry.value.content {
        Content::Map(entries) => entries.iter().find(|e| e.key == word).map(|e| e.key_place.clone()),
        Content::List(_) | Content::Scalar(_) => Some(entry.key_place.clone()),
    }
}

fn entries(node: &Node) -> &[Entry] {
    if let Content::Map(entries) = &node.content { entries } else { &[] }
}

/// The file of a place as it was read.
fn whole(place: &Place) -> Option<Node> {
    parse(&place.file.path, place.file.text.as_bytes(), &mut Problems::default()).map(|d| d.root)
}

/// The node that stands at a place.
fn written(place: &Place) -> Option<Node> {
    fn within(node: Node, start: usize) -> Option<Node> {
        match node.content {
            Content::Map(_) if node.place.start == start => Some(node),
            Content::Map(entries) => entries.into_iter().find_map(|e| within(e.value, start)),
            Content::List(items) => items.into_iter().find_map(|n| within(n, start)),
            Content::Scalar(_) => None,
        }
    }
    within(whole(place)?, place.start)
}
