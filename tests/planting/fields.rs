//! Faults of single cells.

use super::builder::money;
use super::datasets::{Kind, dataset};
use super::hospital::Cell;
use super::plan::{Plan, in_force};

impl Plan {
    /// One to three fields of a record, among them what looks like nothing where no rule says that it is nothing.
    pub(super) fn changed(&mut self) -> bool {
        let of = ["organisations", "locations", "roles", "clinics", "clinics", "sessions", "codes", "interfaces", "reasons", "tariffs"];
        let name = self.dataset(&of).name;
        let Some(uid) = self.pick(name, |r| in_force(name, r)) else { return false };
        let mut columns = changeable(name).to_vec();
        if name == "codes" && *self.training.cell(name, uid, "cdf_meaning") == Cell::Nothing {
            // On the last rung the display is the key.
            columns.retain(|c| *c != "display");
        }
        self.random().shuffle(&mut columns);
        columns.truncate(1 + self.builder.random.below(3));
        for column in columns {
            self.change(name, uid, column);
            self.cells(&format!("{name}-match"), "changed", (name, uid, column));
            if name == "reasons" {
                self.cells("reasons-signed-off", "changed", (name, uid, column));
            }
        }
        true
    }

    /// An organisation that is closed in training and open in production: the condition selects it on one side only.
    pub(super) fn opened(&mut self) -> bool {
        let name = "organisations";
        let Some(uid) = self.pick(name, |r| !in_force(name, r)) else { return false };
        self.change(name, uid, "active");
        self.cells("organisations-match", "changed", (name, uid, "active"));
        true
    }

    /// Another value in production.
    pub(super) fn change(&mut self, name: &str, uid: u32, column: &'static str) {
        let old = self.production.cell(name, uid, column).clone();
        let new = self.another(name, column, &old);
        assert_ne!(old, new, "{name}.{column}");
        self.production.set(name, uid, column, new);
    }

    fn another(&mut self, name: &str, column: &str, old: &Cell) -> Cell {
        let fresh = Cell::Text(self.builder.text());
        // Where case, space or blanks are taken out, only another text is another value.
        let exact = !matches!((name, column), ("clinics", "name") | ("sessions", "note"));
        let blanks = self.can.blanks;
        match (old, dataset(name).kind(column)) {
            (_, Kind::Text) if exact && !blanks.is_empty() && self.random().chance(30) => self.random().one_of(blanks).clone(),
            (Cell::Text(text), Kind::Text) if exact => match self.random().below(4) {
                0 if text.to_uppercase() != *text => Cell::Text(text.to_uppercase()),
                1 => Cell::Text(format!("{text} ")),
                2 if column != "display" => Cell::Nothing,
                _ => fresh,
            },
            (_, Kind::Text) => fresh,
            (Cell::Number(text), Kind::Decimal) => {
                let cents: i64 = text.replace('.', "").parse().expect("cents");
                // One cent beyond the tolerance of ratios.
                money(cents + if self.random().chance(50) { 6 } else { 731 })
            }
            (Cell::Number(text), _) => Cell::Number((text.parse::<i64>().expect("a number") + 1).to_string()),
            (Cell::Flag(flag), _) => Cell::Flag(!flag),
            (_, Kind::Date) => Cell::Day("2039-01-31".to_owned()),
            (Cell::Items(items), _) => {
                // In an ordered list, order is content.
                let mut items = items.clone();
                items.rotate_left(1);
                Cell::Items(items)
            }
            (Cell::ToAll(uids), _) if uids.len() > 2 => Cell::ToAll(uids[1..].to_vec()),
            (Cell::ToAll(uids), _) => Cell::ToAll(uids.iter().copied().chain(self.target("roles", uids)).collect()),
            (Cell::To(uid), Kind::Reference(to)) => Cell::To(self.target(to, &[*uid]).expect("another target")),
            other => panic!("{name}.{column} cannot change from {other:?}"),
        }
    }

    /// A record without faults that may be referred to.
    fn target(&mut self, to: &str, but: &[u32]) -> Option<u32> {
        let rows = self.training.tables[to].iter().filter(|r| r.referred && !but.contains(&r.uid));
        let free: Vec<u32> = rows.map(|r| r.uid).filter(|uid| to != "locations" || !self.touched.contains(uid)).collect();
        (!free.is_empty()).then(|| *self.random().one_of(&free))
    }

    /// A text that does not fit the column.
    pub(super) fn invalid(&mut self) -> bool {
        let of = [
            ("organisations", "beds", "twelve"),
            ("organisations", "active", "maybe"),
            ("locations", "beds", "1,000"),
            ("clinics", "capacity", "n/a"),
            ("clinics", "first_ratio", "12.50 GBP"),
            ("clinics", "opened", "2027-02-30"),
            ("sessions", "slots", "ten"),
            ("interfaces", "port", "8080/tcp"),
            ("reasons", "active", "x"),
            ("tariffs", "price", "#REF!"),
        ];
        let (name, column, text) = *self.random().one_of(&of);
        let Some(uid) = self.pick(name, |r| in_force(name, r)) else { return false };
        let key = self.training.key(name, uid);
        let side = self.some_side();
        side.set(name, uid, column, Cell::Misfit(text.to_owned()));
        let (environment, found) = (side.name, format!("invalid '{text}'"));
        let also = match name {
            "sessions" if environment == "production" => Some("sessions-bookable"),
            "reasons" if environment == "production" => Some("reasons-signed-off"),
            _ => None,
        };
        let own = format!("{name}-match");
        for check in [Some(own.as_str()), also].into_iter().flatten() {
            self.broken(check, "invalid", environment, key.clone(), (name, column), &found);
        }
        // A broken cell does not hide the fields beside it.
        let beside = match name {
            "clinics" => Some("specialty"),
            "locations" => Some("phone"),
            _ => None,
        };
        if let Some(beside) = beside.filter(|_| self.builder.random.chance(50)) {
            self.change(name, uid, beside);
            self.cells(&own, "changed", (name, uid, beside));
        }
        true
    }

    /// An address of production that is the one of training.
    pub(super) fn not_different(&mut self) -> bool {
        let Some(uid) = self.pick("interfaces", |_| true) else { return false };
        let address = self.training.cell("interfaces", uid, "address").clone();
        self.production.set("interfaces", uid, "address", address);
        self.cells("interfaces-match", "not_different", ("interfaces", uid, "address"));
        if self.random().chance(50) {
            self.change("interfaces", uid, "port");
            self.cells("interfaces-match", "changed", ("interfaces", uid, "port"));
        }
        true
    }
}

/// Columns that may read otherwise without making it another record.
fn changeable(dataset: &str) -> &'static [&'static str] {
    match dataset {
        "organisations" => &["name", "region", "phone", "beds", "active"],
        "locations" => &["kind", "phone", "beds"],
        "roles" => &["description", "area", "level"],
        "clinics" => &["name", "specialty", "location", "bookable_roles", "days", "active", "first_ratio", "capacity", "opened", "note"],
        "sessions" => &["clinic", "room", "staff", "slots", "slot_minutes", "note"],
        "codes" => &["description", "active", "sequence", "display"],
        "interfaces" => &["partner", "direction", "port", "active"],
        "reasons" => &["name", "active"],
        _ => &["price", "currency", "valid_to"],
    }
}
