//! How benchmarks are compared: the settings, with defaults for runs on shared machines.

use globset::GlobMatcher;

/// The settings. Shares are fractions: 0.05 is 5 %.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The risk of suspecting one benchmark that has not changed.
    pub alpha: f64,
    /// The same for what turns red: the re-run of a suspect, or everything where `strict` holds.
    pub confirm_alpha: f64,
    /// Of many suspects, the share that may be false (Benjamini and Hochberg).
    pub q: f64,
    /// A slowdown up to this is none of our business. By default 5 %; 3 % where runs vary by less
    /// than 1 %; 10 % for high percentiles, as load tests tell them.
    pub floor: Option<f64>,
    /// How many runs of the history count, the latest first.
    pub history: usize,
    /// With fewer runs than this only a catastrophe is seen.
    pub min_runs: usize,
    /// Runs are believed to vary by at least this.
    pub least_scale: f64,
    /// A slowdown of so much is red at once, without a re-run.
    pub hard_stop: f64,
    /// A benchmark of which a slowdown of so much could pass unseen is blind.
    pub blind: f64,
    /// Where no run of this machine is known, compare with all others.
    pub pool_cpus: bool,
    /// Red without a re-run.
    pub strict: bool,
    /// By how much an exact figure may be worse; by default 1 % for instructions, nothing for others.
    pub tolerance: Option<f64>,
    /// So many runs on either side are needed to see slow drift against the milestone.
    pub drift_runs: usize,
    /// With so many benchmarks, what all of them share is taken for the machine's.
    pub common: usize,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            alpha: 0.05,
            confirm_alpha: 0.01,
            q: 0.10,
            floor: None,
            history: 30,
            min_runs: 5,
            least_scale: 0.0025,
            hard_stop: 1.0,
            blind: 0.25,
            pool_cpus: false,
            strict: false,
            tolerance: None,
            drift_runs: 5,
            common: 8,
        }
    }
}

/// Settings of benchmarks that differ from the others'.
#[derive(Debug, Clone)]
pub struct Override {
    /// Their names.
    pub names: GlobMatcher,
    /// Instead of [`Rule::floor`].
    pub floor: Option<f64>,
    /// Instead of [`Rule::tolerance`].
    pub tolerance: Option<f64>,
    /// Instead of [`Rule::hard_stop`].
    pub hard_stop: Option<f64>,
    /// Instead of [`Rule::blind`].
    pub blind: Option<f64>,
}

/// The settings of all benchmarks.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Of those that nothing else is said of.
    pub general: Rule,
    /// The last that matches a benchmark counts.
    pub overrides: Vec<Override>,
}

impl Rules {
    /// The settings of one benchmark.
    pub fn of(&self, name: &str) -> Rule {
        let mut rule = self.general.clone();
        if let Some(other) = self.overrides.iter().rev().find(|o| o.names.is_match(name)) {
            rule.floor = other.floor.or(rule.floor);
            rule.tolerance = other.tolerance.or(rule.tolerance);
            rule.hard_stop = other.hard_stop.unwrap_or(rule.hard_stop);
            rule.blind = other.blind.unwrap_or(rule.blind);
        }
        rule
    }
}

/// Runs that vary by less are quiet.
const QUIET: f64 = 0.01;
/// Ends of names of high percentiles.
const TAILS: &[&str] = &["p(95)", "p(99)", "p95", "p99", "p99.9", "95%", "99%", "95th", "99th"];

impl Rule {
    /// The floor of a benchmark whose runs vary by `scale`, as a logarithm.
    pub(super) fn floor_of(&self, name: &str, scale: f64) -> f64 {
        let tail = || TAILS.iter().any(|end| name.ends_with(end));
        let share = self.floor.unwrap_or_else(|| match scale {
            _ if tail() => 0.10,
            quiet if quiet < QUIET => 0.03,
            _ => 0.05,
        });
        share.ln_1p()
    }

    /// The share of many that may be false: of what is red at once fewer than of what is suspected.
    pub(super) fn first_q(&self) -> f64 {
        if self.strict { self.q.min(self.confirm_alpha) } else { self.q }
    }

    /// The risk of one decision that is shown: red at once where strict, else a suspicion.
    pub(super) fn first_alpha(&self) -> f64 {
        if self.strict { self.confirm_alpha } else { self.alpha }
    }
}
