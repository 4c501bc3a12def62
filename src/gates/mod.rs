//! The four gates: their definitions as data, overridden by the project's, and their evaluation.

mod assemble;
mod evaluate;
mod item;
mod schema;
mod verification;

pub use assemble::assemble;
pub use evaluate::{Claims, Criterion, GateResult, Waiver, evaluate, performance};
pub use item::{LineResult, verify};
pub use schema::schema;
pub use verification::{Item, Line, Verified, verification};

use crate::criteria::{self, Kind};
use crate::model::outcome::Occasion;

/// A gate as it is built in.
#[derive(Debug)]
pub struct BuiltIn {
    /// 1 to 4; 5 is what is verified of a single item.
    pub number: u8,
    /// The key under `[gates]`.
    pub id: &'static str,
    /// The name people read.
    pub name: &'static str,
    /// Its criteria, in the schema of `milegate.toml`.
    pub text: &'static str,
}

/// The four gates, in their order. They are always these; a project adds criteria, not gates.
pub static GATES: &[BuiltIn] = &[
    BuiltIn {
        number: 1,
        id: "code-complete",
        name: "Code Complete",
        text: include_str!("../../gates/code-complete.toml"),
    },
    BuiltIn {
        number: 2,
        id: "integration-verified",
        name: "Integration Verified",
        text: include_str!("../../gates/integration-verified.toml"),
    },
    BuiltIn {
        number: 3,
        id: "documentation-complete",
        name: "Documentation Complete",
        text: include_str!("../../gates/documentation-complete.toml"),
    },
    BuiltIn {
        number: 4,
        id: "review-and-approval",
        name: "Review and Approval",
        text: include_str!("../../gates/review-and-approval.toml"),
    },
];

/// A gate of this project.
#[derive(Debug)]
pub struct Gate {
    /// 1 to 4.
    pub number: u8,
    /// The key under `[gates]`.
    pub id: &'static str,
    /// The name people read.
    pub name: &'static str,
    /// Its criteria in order: the built-in ones, then the project's own.
    pub criteria: Vec<Definition>,
}

/// A criterion of this project.
#[derive(Debug)]
pub struct Definition {
    /// The key in the gate.
    pub id: String,
    /// Its row.
    pub kind: &'static Kind,
    /// When it is judged.
    pub judged_on: Vec<Occasion>,
    /// Shown, but never decides.
    pub advisory: bool,
    /// The reason why it is switched off.
    pub disabled: Option<String>,
    /// The entries of `[reports]` it was told to read.
    pub reports: Option<Vec<String>>,
    /// Its own keys, read.
    pub criterion: Box<dyn criteria::Criterion>,
}

impl Gate {
    /// `gate/criterion` of all its criteria.
    pub fn ids(&self) -> impl Iterator<Item = String> + '_ {
        self.criteria.iter().map(|c| format!("{}/{}", self.id, c.id))
    }
}
