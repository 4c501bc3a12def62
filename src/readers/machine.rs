//! The machine that a benchmark report names: by details that are read leniently, since whatever is
//! missing or odd there makes the figures no less true. Versions are kept to what changes speed.

use crate::model::machine::Machine;
use serde_json::Value;

/// Longest text of a detail.
const LONGEST: usize = 120;

/// A text, or a number as text; empty if there is neither.
pub(super) fn text(details: &Value, keys: &[&str]) -> String {
    let found = keys.iter().find_map(|key| match details.pointer(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    found.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

/// A number of processors; 0 if there is none.
pub(super) fn cores(details: &Value, key: &str) -> u32 {
    text(details, &[key]).parse().unwrap_or(0)
}

/// System and architecture, in lower case: `linux x86_64`. Releases change too often to tell machines
/// apart.
pub(super) fn system(name: &str, architecture: &str) -> String {
    let name = name.split_whitespace().next().unwrap_or_default();
    [name, architecture].join(" ").trim().to_lowercase()
}

/// A name with the first parts of a version: `CPython 3.12`.
pub(super) fn toolchain(name: &str, version: &str, parts: usize) -> String {
    let version: Vec<_> = version.split('.').take(parts).collect();
    [name, &version.join(".")].join(" ").trim().to_owned()
}

/// The machine, if anything is known of it.
pub(super) fn known(machine: Machine) -> Option<Machine> {
    (!machine.is_unknown()).then_some(machine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn odd_details_are_none() {
        let details = json!({"cpu": {"brand": "  Some   CPU "}, "count": "4", "half": 0.5, "none": null});
        assert_eq!(text(&details, &["/none", "/cpu/brand"]), "Some CPU");
        assert_eq!(text(&details, &["/cpu", "/absent"]), "");
        assert_eq!((cores(&details, "/count"), cores(&details, "/half"), cores(&details, "/cpu")), (4, 0, 0));
        assert_eq!(system("Linux 6.1.0-13", "x86_64"), "linux x86_64");
        assert_eq!(toolchain("CPython", "3.12.3", 2), "CPython 3.12");
        assert_eq!(toolchain("", "", 1), "");
        assert_eq!(known(Machine::default()), None);
        assert_eq!(text(&json!({"a": "x".repeat(1000)}), &["/a"]).len(), LONGEST);
    }
}
