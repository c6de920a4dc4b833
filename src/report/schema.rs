//! The JSON Schemas of the files that people write and of the JSON report: what `gonogo schema NAME` prints
//! and editors complete from. Held to the same fixtures as the decoders by the tests.

/// Name and text of every schema.
pub const SCHEMAS: &[(&str, &str)] = &[
    ("project", include_str!("schema/project.schema.json")),
    ("environment", include_str!("schema/environment.schema.json")),
    ("system", include_str!("schema/system.schema.json")),
    ("check", include_str!("schema/check.schema.json")),
    ("attestation", include_str!("schema/attestation.schema.json")),
    ("waiver", include_str!("schema/waiver.schema.json")),
    ("site", include_str!("schema/site.schema.json")),
    ("baseline", include_str!("schema/baseline.schema.json")),
    ("report", include_str!("schema/report.schema.json")),
];

/// The schema of that name (`project`, `environment`, `system`, `check`, `attestation`, `waiver`, `site`, `baseline`, `report`).
pub fn schema(name: &str) -> Option<&'static str> {
    SCHEMAS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
