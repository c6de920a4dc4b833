//! Only what was typed; nothing here is looked up or judged.

use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};

const AFTER: &str = "Exit codes: 0 GO (or done, or equal), 1 NO-GO (or different), 2 wrong usage or an invalid file,\n\
3 CANNOT TELL or PARTIAL, 4 internal error, 130 interrupted.";

/// Is the system your staff were trained on the system you are about to go live with?
#[derive(Clone, Debug, Parser)]
#[command(name = "gonogo", version, after_help = AFTER, max_term_width = 100, propagate_version = true)]
pub struct Args {
    /// Folder of the project (the one with gonogo.yaml); found upward from here when not given
    #[arg(short = 'C', long, value_name = "DIR", global = true)]
    pub project: Option<PathBuf>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true)]
    pub color: Color,
    /// Say only what was asked for
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Show all findings, and the ledger of every check
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Never ask anything; gonogo asks nothing today, so that scripts may say so from the start
    #[arg(long, global = true)]
    pub no_input: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Start a project: an empty one that explains itself, or one drafted from exports
    Init(InitArgs),
    /// Capture both sides, run the checks, and answer GO, NO-GO or CANNOT TELL
    Check(CheckArgs),
    /// Capture environments and keep the snapshots
    Snapshot(SnapshotArgs),
    /// Remember everything as it is now under a name, so that whatever moves can be told
    Freeze(FreezeArgs),
    /// Compare two environments, snapshots or plain files
    Diff(DiffArgs),
    /// Show what a snapshot holds
    Show(ShowArgs),
    /// Sign the statement of an attested check, or list what is signed
    Attest(AttestArgs),
    /// Accept known differences of the newest run, or list what was accepted
    Waive(WaiveArgs),
    /// Show a check as it is asked, and which file says what
    Explain(ExplainArgs),
    /// Check every file of the project; contacts nothing and needs no secrets
    Lint(LintArgs),
    /// Print the JSON Schema of a kind of file, for editors
    Schema(SchemaArgs),
}

/// Where the report goes, and as of when it is judged.
#[derive(Clone, Debug, clap::Args)]
pub struct ReportArgs {
    /// Format of the report on standard output
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: String,
    /// Write a report to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=PATH")]
    pub output: Vec<String>,
}

/// `gonogo init`
#[derive(Clone, Debug, clap::Args)]
pub struct InitArgs {
    /// Folder of the new project; this one when not given
    #[arg(value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// Exports of the training side: CSV, XLSX, JSON or NDJSON files, or a folder of them
    #[arg(long, visible_alias = "from", value_name = "FILE", num_args = 1..)]
    pub training: Vec<PathBuf>,
    /// Exports of the production side; when they come later, the draft says where to put them
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "training")]
    pub production: Vec<PathBuf>,
}

/// `gonogo check`
#[derive(Clone, Debug, clap::Args)]
pub struct CheckArgs {
    /// Environment of the training side, instead of the project's
    #[arg(long, value_name = "ENV")]
    pub training: Option<String>,
    /// Environment of the production side, instead of the project's
    #[arg(long, value_name = "ENV")]
    pub production: Option<String>,
    /// Use a stored snapshot instead of capturing the environment
    #[arg(long, value_name = "ENV=ID|PATH")]
    pub snapshot: Vec<String>,
    /// Run only these checks; the answer is then NO-GO or PARTIAL, never GO
    #[arg(long, value_name = "CHECK")]
    pub only: Vec<String>,
    /// Run only checks with this tag or area; never GO
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Count only what is new since this freeze; what was known then is shown and does not block; never GO
    #[arg(long, value_name = "NAME")]
    pub new_since: Option<String>,
    /// Judge only this site and what all sites share; never GO where there are others
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// Judge as of this moment; one in the past is a replay, never GO
    #[arg(long, value_name = "MOMENT")]
    pub as_of: Option<String>,
    /// Let PARTIAL end with 0
    #[arg(long)]
    pub partial_ok: bool,
    /// Capture nothing: use the newest stored snapshots
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub report: ReportArgs,
}

/// `gonogo snapshot`
#[derive(Clone, Debug, clap::Args)]
pub struct SnapshotArgs {
    /// Environments; all that the checks need when none is named
    #[arg(value_name = "ENV")]
    pub environments: Vec<String>,
    /// Capture only these datasets (and what they refer to)
    #[arg(long, value_name = "DATASET")]
    pub dataset: Vec<String>,
}

/// `gonogo freeze`
#[derive(Clone, Debug, clap::Args)]
pub struct FreezeArgs {
    /// A name that was never used, such as `sign-off`
    pub name: String,
    /// Who accepts what is frozen; with it, the numbers of rows hold for later parity checks
    #[arg(long, value_name = "ROLE")]
    pub by: Option<String>,
    /// Environment of the training side, instead of the project's
    #[arg(long, value_name = "ENV")]
    pub training: Option<String>,
    /// Environment of the production side, instead of the project's
    #[arg(long, value_name = "ENV")]
    pub production: Option<String>,
    /// Use a stored snapshot instead of capturing the environment
    #[arg(long, value_name = "ENV=ID|PATH")]
    pub snapshot: Vec<String>,
    /// Capture nothing: use the newest stored snapshots
    #[arg(long)]
    pub offline: bool,
}

/// `gonogo diff`
#[derive(Clone, Debug, clap::Args)]
pub struct DiffArgs {
    /// An environment, ENV=SNAPSHOT, a snapshot folder, or a plain CSV, JSON or NDJSON file
    pub left: String,
    /// The other side
    pub right: String,
    /// Compare only this dataset
    pub dataset: Option<String>,
    /// Key column of plain files; give it several times for a key of several columns
    #[arg(long, value_name = "COLUMN")]
    pub key: Vec<String>,
    /// Column to leave out; may be given several times
    #[arg(long, value_name = "COLUMN")]
    pub ignore: Vec<String>,
    /// Order of arrays in JSON does not matter
    #[arg(long)]
    pub unordered: bool,
    /// Delimiter of plain CSV files: one character, or `tab`
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
    /// Do not look for renamed records
    #[arg(long)]
    pub no_renames: bool,
    /// Format: terminal or json
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: String,
    /// Differences to list
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
}

/// `gonogo show`
#[derive(Clone, Debug, clap::Args)]
pub struct ShowArgs {
    /// ENV (its newest snapshot), ENV=ID, or a snapshot folder
    pub snapshot: String,
    /// Show the rows of this dataset
    pub dataset: Option<String>,
    /// Rows to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Format: terminal, json or csv
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: String,
}

/// `gonogo attest`
#[derive(Clone, Debug, clap::Args)]
pub struct AttestArgs {
    /// The attested check to sign
    #[arg(value_name = "CHECK", required_unless_present = "list")]
    pub check: Option<String>,
    /// List every attested check: by whom it is signed, and for how long
    #[arg(long, exclusive = true)]
    pub list: bool,
    /// Who signs, by name
    #[arg(long, value_name = "NAME")]
    pub person: Option<String>,
    /// In which role: one that the check names
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// When it was signed, with its time zone; now when not given
    #[arg(long, value_name = "MOMENT")]
    pub date: Option<String>,
    /// When it ends, if earlier than the check says
    #[arg(long, value_name = "MOMENT")]
    pub expires: Option<String>,
    /// A number that the check asks for; may be given several times
    #[arg(long, value_name = "NAME=NUMBER")]
    pub measured: Vec<String>,
    /// What proves it: a file in the project
    #[arg(long, value_name = "FILE")]
    pub document: Option<PathBuf>,
    /// The build it is signed for; that of the newest snapshot when not given
    #[arg(long, value_name = "BUILD")]
    pub build: Option<String>,
}

/// `gonogo waive`
#[derive(Clone, Debug, clap::Args)]
pub struct WaiveArgs {
    /// A finding (its fingerprint or the beginning of it) or a group (CHECK#N, or CHECK when it has one), as `gonogo check -v` shows them
    #[arg(value_name = "FINDING|GROUP")]
    pub targets: Vec<String>,
    /// Who owns the difference
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// Who accepts it: another person, one of the policy's approvers
    #[arg(long, value_name = "NAME")]
    pub approver: Option<String>,
    /// Why it is safe
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Until when: a moment with its time zone, or a date (the end of that day, UTC)
    #[arg(long, value_name = "MOMENT")]
    pub expires: Option<String>,
    /// List all waivers and whether they hold; ends with 1 when one does not
    #[arg(long, conflicts_with_all = ["targets", "owner", "approver", "reason", "expires"])]
    pub list: bool,
}

/// `gonogo explain`
#[derive(Clone, Debug, clap::Args)]
pub struct ExplainArgs {
    /// Id of the check
    pub check: String,
    /// As this site asks it; without it, as its file says and how each site differs
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
}

/// `gonogo lint`
#[derive(Clone, Debug, clap::Args)]
pub struct LintArgs {}

/// `gonogo schema`
#[derive(Clone, Debug, clap::Args)]
pub struct SchemaArgs {
    /// Kind of file; all are listed when none is named
    pub name: Option<String>,
}
