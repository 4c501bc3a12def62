//! The machine that we run on. Only a label: times of different machines are not compared.

use crate::model::machine::Machine;
use std::fs;
#[cfg(target_os = "macos")]
use std::process::Command;

/// This machine; `os` is the system and architecture that the program was made for.
pub fn here(os: &str) -> Machine {
    let cores =
        std::thread::available_parallelism().map_or(0, |n| u32::try_from(n.get()).unwrap_or(u32::MAX));
    Machine { cpu: cpu().unwrap_or_default(), cores, os: os.to_owned(), toolchain: String::new() }
}

/// The machine's own name, where a file tells it: repositories on network disks are shared, and a
/// terminal may show what ran elsewhere.
pub fn name() -> Option<String> {
    let mut told = ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok());
    told.next().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(target_os = "macos")]
fn cpu() -> Option<String> {
    let told = Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"]).output().ok()?;
    let name = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    (!name.is_empty()).then_some(name)
}

#[cfg(not(target_os = "macos"))]
fn cpu() -> Option<String> {
    cpu_of(&fs::read_to_string("/proc/cpuinfo").ok()?)
}

/// The processor of `/proc/cpuinfo`: its name, or on ARM the numbers of its maker and model.
#[cfg(any(test, not(target_os = "macos")))]
fn cpu_of(text: &str) -> Option<String> {
    let value = |key: &str| {
        let of_key = |line: &str| {
            let (name, value) = line.split_once(':')?;
            (name.trim() == key && !value.trim().is_empty()).then(|| value.trim().to_owned())
        };
        text.lines().find_map(of_key)
    };
    let by_number = || Some(format!("CPU {} {}", value("CPU implementer")?, value("CPU part")?));
    value("model name").or_else(by_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_named_where_the_system_names_it() {
        let intel = "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Processor\ncache size : 1\n";
        assert_eq!(cpu_of(intel).as_deref(), Some("Intel(R) Xeon(R) Processor"));
        let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd0c\n";
        assert_eq!(cpu_of(arm).as_deref(), Some("CPU 0x41 0xd0c"));
        assert_eq!(cpu_of("nothing of the kind"), None);
    }
}
