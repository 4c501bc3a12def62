//! JSON as the ledger writes and reads it: one form out, nothing unexpected in.
//!
//! Out: keys sorted, two blanks of indent, one line feed at the end; so the same value is always
//! the same bytes, and a reviewer reads it in a diff. In: of bounded size, no unknown key, no key
//! twice, nothing after the end.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::error::LedgerError;

/// The one form of a value.
///
/// # Errors
/// If the value has no JSON form.
pub fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, LedgerError> {
    let bad = |e: serde_json::Error| LedgerError::Bad(format!("cannot be written as JSON: {e}"));
    let mut value = serde_json::to_value(value).map_err(bad)?;
    value.sort_all_objects();
    let mut bytes = serde_json::to_vec_pretty(&value).map_err(bad)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads a value whose type refuses unknown keys.
///
/// # Errors
/// A sentence that says what is wrong and where; text of the file is not repeated at length.
pub fn strict<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(bytes).map_err(|e| e.to_string().chars().take(200).collect())
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Reads an RFC 3339 time and nothing that merely resembles one.
pub fn rfc3339(text: &str) -> Option<jiff::Timestamp> {
    let bytes = text.as_bytes();
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let fits = |(byte, want): (&u8, &u8)| if *want == b'd' { byte.is_ascii_digit() } else { byte == want };
    if bytes.len() <= shape.len() || !bytes.iter().zip(shape).all(fits) {
        return None;
    }
    let rest = &text[shape.len()..];
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            (zone.len() < fraction.len()).then_some(zone)?
        }
        None => rest,
    };
    let offset = zone.as_bytes();
    let numeric = offset.len() == 6
        && matches!(offset[0], b'+' | b'-')
        && offset[3] == b':'
        && [1, 2, 4, 5].iter().all(|&i| offset[i].is_ascii_digit());
    if zone == "Z" || numeric { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339() {
        for good in ["2026-11-23T14:00:00Z", "2026-11-23T14:00:00.5+01:00", "2024-02-29T00:00:00-05:30"] {
            assert!(rfc3339(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "2026-11-23",
            "2026-11-23T14:00:00",
            "2026-11-23 14:00:00Z",
            "2026-11-23T14:00Z",
            "2026-02-30T00:00:00Z",
            "2026-11-23T14:00:00.Z",
            "2026-11-23T14:00:00+01",
            "yesterday",
            "2026-11-23T14:00:00Z[UTC]",
            "2026-11-23T14:00:00é00:00",
        ] {
            assert!(rfc3339(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_form_is_one() {
        let value = serde_json::json!({"b": {"z": 1, "a": [1, {"y": 0, "x": 0}]}, "a": "é"});
        let text = String::from_utf8(canonical(&value).unwrap()).unwrap();
        assert!(text.starts_with("{\n  \"a\": \"é\",\n  \"b\": {\n    \"a\": ["), "{text}");
        assert!(text.find("\"x\"") < text.find("\"y\""));
        assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
