//! Paths in SARIF: URIs, relative to `originalUriBaseIds` or not, and indices into `artifacts`.

use super::error::{Code, ReadError, quote};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Bases that refer to bases; the standard knows no bound, no tool writes more than two.
const CHAIN: usize = 16;

/// Where a file lies.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    uri: Option<String>,
    uri_base_id: Option<String>,
    index: Option<i64>,
}

/// The bases and the files of a run.
pub(super) struct Bases {
    bases: BTreeMap<String, ArtifactLocation>,
    artifacts: Vec<Option<ArtifactLocation>>,
}

impl Bases {
    pub(super) fn new(
        bases: BTreeMap<String, ArtifactLocation>,
        artifacts: Vec<Option<ArtifactLocation>>,
    ) -> Self {
        Self { bases, artifacts }
    }

    /// The path of a file; `None` if it has none.
    pub(super) fn path(&self, location: &ArtifactLocation) -> Result<Option<String>, ReadError> {
        let of_artifact = match (&location.uri, location.index.filter(|index| *index >= 0)) {
            (None, Some(index)) => Some(self.artifacts.get(index as usize).ok_or_else(|| {
                let message = format!("it lies in artifact {index} of {}", self.artifacts.len());
                ReadError::new(Code::Contradiction, message)
            })?),
            _ => None,
        };
        let location = of_artifact.and_then(Option::as_ref).unwrap_or(location);
        let Some(uri) = location.uri.as_deref() else { return Ok(None) };
        Ok(Some(plain(&self.joined(uri, location.uri_base_id.as_deref())?)))
    }

    /// A URI with its bases in front.
    fn joined(&self, uri: &str, base: Option<&str>) -> Result<String, ReadError> {
        let mut whole = uri.to_owned();
        let mut next = base;
        for _ in 0..CHAIN {
            let Some(base) = next.filter(|_| scheme(&whole).is_none()) else { return Ok(whole) };
            let Some(found) = self.bases.get(base) else { return Ok(whole) };
            if let Some(uri) = found.uri.as_deref().filter(|uri| !uri.is_empty()) {
                let slash = if uri.ends_with('/') { "" } else { "/" };
                whole = format!("{uri}{slash}{}", whole.trim_start_matches('/'));
            }
            next = found.uri_base_id.as_deref();
        }
        let message = format!("the base {} refers to itself", quote(base.unwrap_or_default()));
        Err(ReadError::new(Code::Contradiction, message))
    }
}

/// The scheme of a URI. One letter is a drive, not a scheme.
fn scheme(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    let letters = scheme.len() > 1 && scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let whole = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    (letters && whole).then_some((scheme, rest))
}

/// The path of a `file:` URI or a relative one; anything else stays what it is.
fn plain(uri: &str) -> String {
    let path = match scheme(uri) {
        None => return decoded(uri),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") => rest,
        Some(_) => return uri.to_owned(),
    };
    let path = match path.strip_prefix("//") {
        // A host: a share of Windows, unless it is this machine.
        Some(rest) if rest.starts_with('/') => rest,
        Some(rest) => rest.strip_prefix("localhost").filter(|r| r.starts_with('/')).unwrap_or(path),
        None => path,
    };
    let path = decoded(path);
    let drive = path.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    drive.map(str::to_owned).unwrap_or(path)
}

/// Percent signs resolved; what is not UTF-8 then stays as it was.
fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
        let byte = match after {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)).map(|(h, l)| h << 4 | l),
            _ => None,
        };
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_become_paths() {
        for (uri, path) in [
            ("src/a.c", "src/a.c"),
            ("src/a%20b%C3%A9.c", "src/a bé.c"),
            ("file:///home/dev/proj/a.c", "/home/dev/proj/a.c"),
            ("file:///C:/proj/a%2Bb.c", "C:/proj/a+b.c"),
            ("file:/home/dev/a.c", "/home/dev/a.c"),
            ("file://localhost/a.c", "/a.c"),
            ("file://share/a.c", "//share/a.c"),
            ("C:\\proj\\a.c", "C:\\proj\\a.c"),
            ("https://host/a%20.c", "https://host/a%20.c"),
            ("100%.c", "100%.c"),
            ("a%FF.c", "a%FF.c"),
        ] {
            assert_eq!(plain(uri), path, "{uri}");
        }
    }

    #[test]
    fn bases_are_chained_and_may_not_turn_in_circles() {
        let location = |uri: Option<&str>, base: Option<&str>, index| ArtifactLocation {
            uri: uri.map(str::to_owned),
            uri_base_id: base.map(str::to_owned),
            index,
        };
        let bases = [
            ("ROOT", location(Some("file:///proj/"), None, None)),
            ("SRC", location(Some("src"), Some("ROOT"), None)),
            ("OPEN", location(None, None, None)),
            ("A", location(Some("a/"), Some("B"), None)),
            ("B", location(Some("b/"), Some("A"), None)),
        ];
        let bases = bases.into_iter().map(|(name, base)| (name.to_owned(), base)).collect();
        let bases = Bases::new(bases, vec![Some(location(Some("x.c"), Some("SRC"), None)), None]);
        let path = |l| bases.path(&l).map_err(|e| e.code);
        assert_eq!(path(location(Some("a.c"), Some("SRC"), None)), Ok(Some("/proj/src/a.c".into())));
        assert_eq!(path(location(Some("a.c"), Some("OPEN"), None)), Ok(Some("a.c".into())));
        assert_eq!(path(location(Some("a.c"), Some("NONE"), None)), Ok(Some("a.c".into())));
        assert_eq!(path(location(None, None, Some(0))), Ok(Some("/proj/src/x.c".into())));
        assert_eq!(path(location(None, None, Some(1))), Ok(None));
        assert_eq!(path(location(None, None, Some(2))), Err(Code::Contradiction));
        assert_eq!(path(location(None, None, Some(-1))), Ok(None));
        assert_eq!(path(location(Some("a.c"), Some("A"), None)), Err(Code::Contradiction));
    }
}
