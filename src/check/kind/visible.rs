//! `visible`: a login sees what an administrator sees.
//!
//! *Not visible* is told apart from *absent*: a record is hidden only if the administrator of the same instance sees it. What is
//! not there at all is for `parity` and `present` to tell.

mod judge;

use crate::document::decode::{Fields, list, name, one_or_list};
use crate::document::{At, Node, Place, Problems, suggest};
use crate::snapshot::Plan;
use crate::system::Dataset;

use super::super::evidence::{Evidence, Pair};
use super::super::lint::Catalogue;
use super::super::outcome::Outcome;
use super::ignored::{self, Ignored};
use super::select::{self, Where};
use super::{Adjusted, Context, Kind, SiteChange, target};

/// `{dataset, in, to, ignore, where, reason}`.
#[derive(Clone)]
struct Visible {
    dataset: At<String>,
    environment: At<String>,
    /// The logins.
    to: Vec<At<String>>,
    ignore: Vec<Ignored>,
    r#where: Option<Where>,
}

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut fields = Fields::open(node, "`visible`", problems)?;
    let dataset = fields.need("dataset", problems, name);
    let environment = fields.need("in", problems, name);
    let to = fields.need("to", problems, |n, p| {
        let logins = one_or_list(n, p, name)?;
        if logins.is_empty() {
            p.add(&n.place, "`to` names nobody who has to see anything").expected("a login: [booking_clerk]");
        }
        Some(logins)
    });
    let ignore = fields.get("ignore", problems, |n, p| list(n, p, ignored::decode)).unwrap_or_default();
    let r#where = select::decode(&mut fields, problems);
    fields.close(problems);
    Some(Box::new(Visible { dataset: dataset?, environment: environment?, to: to?, ignore, r#where }))
}

impl Kind for Visible {
    fn word(&self) -> &'static str {
        "visible"
    }

    fn plan(&self, pair: &Pair, plan: &mut Plan) {
        let environment = target::environment(&self.environment, pair);
        plan.want(environment, &self.dataset);
        for login in &self.to {
            plan.want_as(environment, &self.dataset, login);
        }
    }

    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let Some(environment) = target::lint_environment(&self.environment, catalogue, problems) else { return };
        self.lint_logins(environment, catalogue, problems);
        let Some(dataset) = target::lint_dataset(environment, &self.dataset, catalogue, problems) else { return };
        self.lint_ignored(dataset, problems);
        if let Some(selected) = &self.r#where {
            selected.clause.lint(dataset, problems);
        }
    }

    fn asks_site(&self) -> Option<Place> {
        self.r#where.as_ref().and_then(Where::asks_site)
    }

    fn adjusted(&self, change: &SiteChange<'_>) -> Adjusted {
        let SiteChange::Ignore { ignored, .. } = change else { return Adjusted::NotTaken };
        if let Some(known) = self.ignored(&ignored.field.value) {
            return Adjusted::Same(format!("`{}` is ignored at every site ({})", ignored.field.value, known.reason));
        }
        let mut own = self.clone();
        own.ignore.push((*ignored).clone());
        Adjusted::Test(Box::new(own))
    }

    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome {
        judge::evaluate(self, evidence, context)
    }
}

impl Visible {
    fn lint_logins(&self, environment: &str, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let Some(described) = catalogue.environments.get(environment) else { return };
        // A damaged file stands for its environment, and says nothing of its logins.
        if described.system.value.is_empty() {
            return;
        }
        for (i, login) in self.to.iter().enumerate() {
            if self.to[..i].iter().any(|earlier| earlier.value == login.value) {
                problems.add(&login.place, format!("`{}` is named twice", login.value)).expected("another login");
            } else if described.login(&login.value).is_none() {
                let help = if described.logins.is_empty() {
                    format!("add `logins: {{{}: {{files: …}}}}` to {}", login.value, described.path)
                } else {
                    suggest::nearest_or_all(&login.value, described.logins.iter().map(|l| l.name.value.as_str()))
                };
                problems.add(&login.place, format!("{environment} has no login `{}`", login.value)).expected("a login").help(help);
            }
        }
    }

    fn lint_ignored(&self, dataset: &Dataset, problems: &mut Problems) {
        for (i, Ignored { field, .. }) in self.ignore.iter().enumerate() {
            target::lint_column(dataset, field, problems);
            if dataset.key.iter().any(|rung| rung.iter().any(|c| c.value == field.value)) {
                let message = format!("`{}` is part of the key: records are found by it, so it cannot be ignored", field.value);
                problems.add(&field.place, message).help("take it out of this list");
            }
            if let Some(first) = self.ignore[..i].iter().find(|earlier| earlier.field.value == field.value) {
                let message = format!("`{}` is already ignored in line {}", field.value, first.field.place.line());
                problems.add(&field.place, message).help("keep one of them");
            }
        }
    }

    fn ignored(&self, column: &str) -> Option<&Ignored> {
        self.ignore.iter().find(|i| i.field.value == column)
    }
}
