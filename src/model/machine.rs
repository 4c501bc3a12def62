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

    /// What is not known of this machine, from what is known of `host`, unless the two contradict: a
    /// report of another machine is not to be taken for one of this.
    #[must_use]
    pub fn completed_by(&self, host: &Self) -> Self {
        fn contradict(ours: &str, theirs: &str) -> bool {
            !ours.is_empty() && !theirs.is_empty() && ours != theirs
        }
        let other_cores = self.cores != 0 && host.cores != 0 && self.cores != host.cores;
        if other_cores || contradict(&self.cpu, &host.cpu) {
            return self.clone();
        }
        let either = |ours: &str, theirs: &str| if ours.is_empty() { theirs } else { ours }.to_owned();
        Self {
            cpu: either(&self.cpu, &host.cpu),
            cores: if self.cores == 0 { host.cores } else { self.cores },
            os: either(&self.os, &host.os),
            toolchain: either(&self.toolchain, &host.toolchain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_report_leaves_out_is_the_hosts_unless_they_contradict() {
        let machine = |cpu: &str, cores, os: &str| Machine {
            cpu: cpu.to_owned(),
            cores,
            os: os.to_owned(),
            toolchain: String::new(),
        };
        let host = machine("A", 4, "linux x86_64");
        assert_eq!(machine("", 4, "").completed_by(&host), host);
        assert_eq!(machine("A", 0, "linux amd64").completed_by(&host), machine("A", 4, "linux amd64"));
        assert_eq!(machine("", 8, "").completed_by(&host), machine("", 8, ""));
        assert_eq!(machine("B", 0, "").completed_by(&host), machine("B", 0, ""));
        assert_eq!(Machine::default().completed_by(&host), host);
    }
}
