//! Health of a running system: what its own checks say.

/// How well something is, worst last. What nobody knows is not well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It works.
    Healthy,
    /// It works, but not as it should.
    Degraded,
    /// It says something that is not known.
    Unknown,
    /// It does not work.
    Unhealthy,
}

impl State {
    /// Every state with its word.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Healthy, "healthy"),
        (Self::Degraded, "degraded"),
        (Self::Unknown, "unknown"),
        (Self::Unhealthy, "unhealthy"),
    ];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|row| row.0 == self).map_or("unknown", |row| row.1)
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its place in the report, `db/primary`; empty for the whole.
    pub name: String,
    /// How well it is.
    pub state: State,
    /// The word that the report has for it.
    pub said: String,
}

/// What a health report says: first of the whole, then of each part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// In the order of the report; never empty.
    pub checks: Vec<Check>,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}
