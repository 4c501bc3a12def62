//! The machine that a run took place on. Times of different machines are not compared.

/// What is known of a machine; a text that is not known is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Machine {
    /// The processor's model, as the system names it.
    pub cpu: String,
    /// Logical processors; 0 if not known.
    pub cores: u32,
    /// Operating system and architecture: `linux x86_64`.
    pub os: String,
    /// The toolchain with its major version: `CPython 3.12`.
    pub toolchain: String,
}

impl Machine {
    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// What a person reads: `AMD EPYC 7763, 4 cores, linux x86_64, CPython 3.12`.
    pub fn label(&self) -> String {
        let cores = match self.cores {
            0 => String::new(),
            1 => "1 core".to_owned(),
            n => format!("{n} cores"),
        };
        let parts = [self.cpu.clone(), cores, self.os.clone(), self.toolchain.clone()];
        let known: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if known.is_empty() { "unknown machine".to_owned() } else { known.join(", ") }
    }
}
