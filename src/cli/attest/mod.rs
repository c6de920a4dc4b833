//! `gonogo attest`: a person signs the statement of a check; and which statements are signed.

mod append;
mod draft;
mod list;
mod screen;

use std::collections::BTreeMap;

use crate::check::{Attestations, Attested, Check, Evidence, Judged, Side, decode_attestations};
use crate::context::Context;
use crate::document::{Document, Problems, suggest};
use crate::exit::ExitStatus;
use crate::snapshot::Store;

use super::args::{Args, AttestArgs};
use super::load::{Loaded, PairOverride, below, find, load};
use super::{Failure, attestations, output};
use draft::Draft;

pub(super) fn run(args: &Args, typed: &AttestArgs, context: &Context) -> Result<ExitStatus, Failure> {
    let loaded = load(find(args.project.as_deref(), context)?, PairOverride::default())?;
    let Some(id) = &typed.check else {
        output::stdout(list::screen(&loaded, context).as_bytes())?;
        return Ok(ExitStatus::Go);
    };
    let (check, attested) = attested_check(&loaded, id)?;
    let draft = Draft::new(typed, check, attested, &loaded, context)?;

    let path = attestations::folder(&loaded.root).join(format!("{}.yaml", check.id.value));
    let known = loaded.attestations.files.get(&check.id.value);
    // The file may end in .yml as well: it is the one that is there.
    let path = known.map_or(path, |f| loaded.root.join(&f.path));
    let shown = below(&loaded.root, &path);
    let document = append::write(&path, &shown, known, &check.id.value, &draft)?;

    let after = signed(&document, &draft, &loaded);
    let judged = Judged { as_of: context.now, go_live: loaded.project.go_live.value, build: draft.build_now.as_deref() };
    let standing = attested.standing(&check.id.value, &after, judged);
    output::stdout(screen::signed(check, attested, &draft, &standing, &shown, &loaded, context).as_bytes())?;
    Ok(ExitStatus::Go)
}

/// What is signed once the draft is written.
fn signed(document: &Document, draft: &Draft, loaded: &Loaded) -> Attestations {
    let mut after = loaded.attestations.clone();
    if let Some(file) = decode_attestations(document, &mut Problems::default()) {
        after.files.insert(file.check.value.clone(), file);
    }
    if let Some((path, _)) = &draft.document {
        after.documents.insert(path.clone(), attestations::now(&loaded.root.join(path)));
    }
    after
}

/// Every attested check, in the order of the files.
fn attested_checks(loaded: &Loaded) -> impl Iterator<Item = (&Check, &Attested)> + Clone {
    loaded.files.iter().flat_map(|f| &f.checks).filter_map(|c| Some((c, c.test.attested()?)))
}

fn attested_check<'a>(loaded: &'a Loaded, id: &str) -> Result<(&'a Check, &'a Attested), Failure> {
    if let Some(found) = attested_checks(loaded).find(|(c, _)| c.id.value == id) {
        return Ok(found);
    }
    if let Some(other) = loaded.files.iter().flat_map(|f| &f.checks).find(|c| c.id.value == id) {
        let kind = other.test.word();
        return Err(Failure::Usage(format!(
            "`{id}` is a check of kind {kind}, which nobody signs\n{}:{}\nrun `gonogo check`",
            other.place.file.path,
            other.place.line()
        )));
    }
    let help = match attested_checks(loaded).next() {
        None => "no check of this project is attested".to_owned(),
        Some(_) => suggest::nearest_or_all(id, attested_checks(loaded).map(|(c, _)| c.id.value.as_str())),
    };
    Err(Failure::Usage(format!("there is no attested check `{id}`\ngonogo attest CHECK\n{help}")))
}

/// The build that a check asks for as the newest stored snapshot has it; `None` when it asks for none. An error says why it is not known.
fn build_now(loaded: &Loaded, attested: &Attested, context: &Context) -> Result<Option<String>, String> {
    let Some(environment) = attested.built_in(&loaded.pair) else { return Ok(None) };
    let snapshot = Store::new(&loaded.root).open(environment, None).map_err(|e| format!("{}; {}", e.what, e.advice))?;
    let side = Side { snapshot: Some(snapshot), doubts: Vec::new(), logins: BTreeMap::new() };
    let evidence = Evidence {
        baselines: crate::check::Baselines::default(),
        pair: loaded.pair.clone(),
        snapshots: BTreeMap::from([(environment.to_owned(), side)]),
        lists: BTreeMap::new(),
        attestations: Attestations::default(),
        as_of: context.now,
        go_live: loaded.project.go_live.value,
        site: None,
    };
    attested.build_now(&evidence).map_err(|reasons| reasons.join("; "))
}
