//! Arguments of `baseline`.

use clap::{Args, Subcommand};

/// What to do with the history.
#[derive(Debug, Subcommand)]
pub(in crate::commands) enum Baseline {
    /// Write this run's compact evidence to git notes at HEAD, and push them
    Record(RecordRun),
    /// Bring the history from the remote into this clone, united with what is here
    Fetch,
    /// Push what was recorded here
    Push,
    /// Show what is recorded: the latest runs, or those of one commit
    Show(ShowRuns),
    /// Accept a change for the worse: from HEAD on it is what later runs are compared with
    Accept(AcceptChange),
    /// Show the figures of milegate.ratchet.toml that are better now, and raise them
    Ratchet(RaiseRatchet),
    /// Replay the comparison of benchmarks over the recorded runs, and over their noise
    Simulate(SimulateRuns),
}

/// Arguments of `baseline ratchet`.
#[derive(Debug, Args)]
pub(in crate::commands) struct RaiseRatchet {
    /// Write the file; without one, start it with what is measured now
    #[arg(long)]
    pub(in crate::commands) write: bool,
    /// Who sets the first figures; else git's user.name
    #[arg(long, value_name = "NAME")]
    pub(in crate::commands) by: Option<String>,
}

/// Arguments of `baseline simulate`.
#[derive(Debug, Args)]
pub(in crate::commands) struct SimulateRuns {
    /// How many builds are drawn from the noise
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(in crate::commands) builds: usize,
    /// Other draws
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::commands) seed: u64,
    /// How many recorded commits are replayed, the latest first
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub(in crate::commands) history: usize,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(in crate::commands) output_format: String,
}

/// Arguments of `baseline record`.
#[derive(Debug, Args)]
pub(in crate::commands) struct RecordRun {
    /// Start the history: needed once, refused afterwards
    #[arg(long)]
    pub(in crate::commands) init: bool,
    /// What tells this run from others at the same commit; else the CI's own run id
    #[arg(long, value_name = "ID")]
    pub(in crate::commands) run: Option<String>,
    /// Write it here only, and ask no remote
    #[arg(long)]
    pub(in crate::commands) no_push: bool,
    /// Record the run although a gate failed, and accept all that is worse, for this reason
    #[arg(long, value_name = "REASON")]
    pub(in crate::commands) accept_failed: Option<String>,
    /// Who accepts it; else git's user.name
    #[arg(long, value_name = "NAME", requires = "accept_failed")]
    pub(in crate::commands) by: Option<String>,
    /// Record these evidence bundles as well: files or globs below the root (repeatable)
    #[arg(long, value_name = "BUNDLE", num_args = 1..)]
    pub(in crate::commands) evidence: Vec<String>,
}

/// Arguments of `baseline show`.
#[derive(Debug, Args)]
pub(in crate::commands) struct ShowRuns {
    /// Only the runs of this commit, with their benchmarks
    pub(in crate::commands) commit: Option<String>,
    /// How many of the latest recorded commits are shown
    #[arg(long, value_name = "N", default_value_t = 10, conflicts_with = "commit")]
    pub(in crate::commands) history: usize,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(in crate::commands) output_format: String,
}

/// Arguments of `baseline accept`.
#[derive(Debug, Args)]
pub(in crate::commands) struct AcceptChange {
    /// The benchmark, test, file or finding, by name or glob
    pub(in crate::commands) what: String,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT")]
    pub(in crate::commands) reason: String,
    /// Who accepts it; else git's user.name
    #[arg(long, value_name = "NAME")]
    pub(in crate::commands) by: Option<String>,
    /// The commit from which on it counts; else HEAD
    #[arg(long, value_name = "REF")]
    pub(in crate::commands) commit: Option<String>,
    /// Write it here only
    #[arg(long)]
    pub(in crate::commands) no_push: bool,
}
