//! What the datasets of a small synthetic hospital are.

use Kind::{Boolean, Date, Decimal, Integer, Ordered, Reference, References, Text};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Text,
    Integer,
    Decimal,
    Boolean,
    Date,
    Ordered,
    Reference(&'static str),
    References(&'static str),
}

pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// Internal numbers of records.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Ids {
    /// None are kept, so that nothing can refer to a record.
    None,
    /// Each side numbers its own.
    Own,
    /// Both sides were copied from one build and kept its numbers.
    Shared,
}

/// Whether the columns are those that all systems share.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Names {
    /// The dataset is this hospital's own.
    Own,
    /// It lacks some of the shared columns.
    SomeShared,
    AllShared,
}

pub(super) struct Dataset {
    pub(super) name: &'static str,
    pub(super) noun: &'static str,
    pub(super) ids: Ids,
    pub(super) key: &'static [&'static [&'static str]],
    /// The definition takes case and spaces out of the key.
    pub(super) folded: bool,
    /// Rows hold from a day to a day.
    pub(super) dated: bool,
    pub(super) names: Names,
    pub(super) columns: &'static [Column],
    pub(super) rows: usize,
    /// So many of the first rows are referred to by others.
    pub(super) referred: usize,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

/// All datasets, those that are referred to first. Every one also has a volatile `updated`.
pub(super) const DATASETS: &[Dataset] = &[
    Dataset {
        name: "organisations",
        noun: "organisation",
        ids: Ids::Shared,
        key: &[&["code"]],
        folded: false,
        dated: false,
        names: Names::SomeShared,
        columns: &[
            column("code", Text),
            column("name", Text),
            column("region", Text),
            column("phone", Text),
            column("beds", Integer),
            column("active", Boolean),
        ],
        rows: 20,
        referred: 5,
    },
    Dataset {
        name: "locations",
        noun: "location",
        ids: Ids::Own,
        key: &[&["name", "organisation"]],
        folded: false,
        dated: false,
        names: Names::SomeShared,
        columns: &[
            column("name", Text),
            column("organisation", Reference("organisations")),
            column("kind", Text),
            column("phone", Text),
            column("beds", Integer),
        ],
        rows: 30,
        referred: 12,
    },
    Dataset {
        name: "roles",
        noun: "role",
        ids: Ids::Own,
        key: &[&["name"]],
        folded: false,
        dated: false,
        names: Names::SomeShared,
        columns: &[column("name", Text), column("description", Text), column("area", Text), column("level", Integer)],
        rows: 20,
        referred: 8,
    },
    Dataset {
        name: "clinics",
        noun: "clinic",
        ids: Ids::Own,
        key: &[&["code"]],
        folded: false,
        dated: false,
        names: Names::SomeShared,
        columns: &[
            column("code", Text),
            column("name", Text),
            column("specialty", Text),
            column("location", Reference("locations")),
            column("bookable_roles", References("roles")),
            column("days", Ordered),
            column("active", Boolean),
            column("first_ratio", Decimal),
            column("capacity", Integer),
            column("opened", Date),
            column("note", Text),
            column("comment", Text),
        ],
        rows: 45,
        referred: 20,
    },
    Dataset {
        name: "sessions",
        noun: "session",
        ids: Ids::Own,
        key: &[&["code"]],
        folded: false,
        dated: false,
        names: Names::SomeShared,
        columns: &[
            column("code", Text),
            column("clinic", Reference("clinics")),
            column("room", Text),
            column("staff", Text),
            column("slots", Integer),
            column("slot_minutes", Integer),
            column("note", Text),
        ],
        rows: 60,
        referred: 0,
    },
    Dataset {
        name: "codes",
        noun: "code",
        ids: Ids::Shared,
        key: &[&["cki"], &["code_set", "cdf_meaning"], &["code_set", "display"]],
        folded: false,
        dated: false,
        names: Names::SomeShared,
        columns: &[
            column("code_set", Text),
            column("cki", Text),
            column("cdf_meaning", Text),
            column("display", Text),
            column("description", Text),
            column("active", Boolean),
            column("sequence", Integer),
        ],
        rows: 50,
        referred: 0,
    },
    Dataset {
        name: "interfaces",
        noun: "interface",
        ids: Ids::Own,
        key: &[&["name"]],
        folded: true,
        dated: false,
        names: Names::SomeShared,
        columns: &[
            column("name", Text),
            column("partner", Text),
            column("direction", Text),
            column("address", Text),
            column("port", Integer),
            column("active", Boolean),
        ],
        rows: 25,
        referred: 0,
    },
    Dataset {
        name: "reasons",
        noun: "reason",
        ids: Ids::None,
        key: &[&["kind", "code"]],
        folded: false,
        dated: false,
        names: Names::AllShared,
        columns: &[column("kind", Text), column("code", Text), column("name", Text), column("active", Boolean)],
        rows: 30,
        referred: 0,
    },
    Dataset {
        name: "tariffs",
        noun: "tariff",
        ids: Ids::None,
        key: &[&["item"]],
        folded: false,
        dated: true,
        names: Names::Own,
        columns: &[
            column("item", Text),
            column("price", Decimal),
            column("currency", Text),
            column("valid_from", Date),
            column("valid_to", Date),
        ],
        rows: 35,
        referred: 0,
    },
];

/// The moment that is judged for. Tariffs are effective or not on this day.
pub(super) const GO_LIVE: &str = "2035-02-24T06:00:00Z";

pub(super) fn dataset(name: &str) -> &'static Dataset {
    DATASETS.iter().find(|d| d.name == name).unwrap_or_else(|| panic!("no dataset {name}"))
}

impl Dataset {
    pub(super) fn kind(&self, column: &str) -> Kind {
        self.columns.iter().find(|c| c.name == column).unwrap_or_else(|| panic!("{} has no {column}", self.name)).kind
    }

    pub(super) fn is_key(&self, column: &str) -> bool {
        self.key.iter().all(|rung| rung.contains(&column))
    }
}
