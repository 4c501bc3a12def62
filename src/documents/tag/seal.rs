//! What the trailers of a milestone tag say, read back.
//!
//! Only the last paragraph counts, and only if each of its lines is a trailer of ours: text that
//! stands above it is a person's or a tool's. A key that must be there once, and is not, or is there
//! twice, makes the whole message unreadable.

use super::super::plain::sanitize;

/// The facts that a tag vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seal {
    /// The milestone's id.
    pub milestone: String,
    /// The commit that was judged.
    pub target: String,
    /// Its subject tree.
    pub subject_tree: String,
    /// The policy's blob.
    pub policy_blob: String,
    /// The policy's path.
    pub policy_path: String,
    /// SHA-256 of the manifest, in hexadecimal.
    pub manifest: String,
    /// The reports by path, with their SHA-256; none if they were too many for a tag.
    pub reports: Vec<(String, String)>,
    /// SHA-256 of the approvals that counted.
    pub approvals: Vec<String>,
    /// The tag object of the milestone before.
    pub previous: Option<String>,
}

/// Reads the trailers of a tag's message.
///
/// # Errors
/// What is not as Milegate writes it.
pub fn read(message: &str) -> Result<Seal, String> {
    let trailers = Trailers::find(message)?;
    if trailers.one("Format")? != "1" {
        return Err(format!("its format is {}, and this program reads 1", sanitize(trailers.one("Format")?)));
    }
    let (blob, place) = trailers.one("Policy")?.split_once(' ').ok_or("its policy names no path")?;
    let (path, _) = place.rsplit_once('@').ok_or("its policy names no commit")?;
    let reports = trailers.all("Report").map(|value| {
        let (digest, path) = value.split_once(' ').ok_or("a report without a path")?;
        Ok((path.to_owned(), without("sha256:", digest)?))
    });
    let digest_of = |value: &str| without("sha256:", value.rsplit(' ').next().unwrap_or_default());
    let previous = trailers.one("Previous")?;
    Ok(Seal {
        milestone: trailers.one("Milestone")?.to_owned(),
        target: trailers.one("Target")?.to_owned(),
        subject_tree: without("gitTree:", trailers.one("Subject")?)?,
        policy_blob: without("gitBlob:", blob)?,
        policy_path: path.to_owned(),
        manifest: without("sha256:", trailers.one("Evidence")?)?,
        reports: reports.collect::<Result<_, String>>()?,
        approvals: trailers.all("Approval").map(digest_of).collect::<Result<_, _>>()?,
        previous: Some(previous.to_owned()).filter(|value| value != "none"),
    })
}

fn without(prefix: &str, value: &str) -> Result<String, String> {
    let id = value.strip_prefix(prefix).filter(|id| !id.is_empty());
    id.map(str::to_owned).ok_or_else(|| format!("`{}` is not a {prefix}", sanitize(value)))
}

/// Keys and values, in order.
struct Trailers<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Trailers<'a> {
    fn find(message: &'a str) -> Result<Self, String> {
        let message = message.split("\n-----BEGIN ").next().unwrap_or_default().trim_end();
        let last = message.rsplit("\n\n").next().unwrap_or_default();
        let trailers = last.lines().map(|line| line.strip_prefix("Milegate-")?.split_once(": "));
        let trailers: Option<Vec<_>> = trailers.collect();
        trailers.filter(|all| !all.is_empty()).map(Self).ok_or_else(|| {
            "its message does not end in Milegate's trailers, so Milegate did not make it".to_owned()
        })
    }

    fn all(&self, key: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| *found == key).map(|(_, value)| *value)
    }

    fn one(&self, key: &str) -> Result<&'a str, String> {
        let mut found = self.all(key);
        match (found.next(), found.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(format!("its trailer Milegate-{key} is missing")),
            _ => Err(format!("its trailer Milegate-{key} is there twice")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "Orders Milestone 1.0: Store Complete\n\nGate 1  PASS  x\nMilegate-Target: forged\n\n\
        Milegate-Format: 1\nMilegate-Milestone: 1.0\nMilegate-Target: abc\nMilegate-Subject: gitTree:def\n\
        Milegate-Policy: gitBlob:123 mile gate.toml@abc\nMilegate-Evidence: sha256:99\n\
        Milegate-Report: sha256:77 out/unit report.xml\n\
        Milegate-Approval: code bob asserted sha256:55\nMilegate-Previous: none\n";

    #[test]
    fn trailers_are_read_from_the_last_paragraph() {
        let seal = read(MESSAGE).unwrap();
        assert_eq!((seal.target.as_str(), seal.policy_path.as_str()), ("abc", "mile gate.toml"));
        assert_eq!(seal.reports, [("out/unit report.xml".to_owned(), "77".to_owned())]);
        assert_eq!((seal.approvals, seal.previous), (vec!["55".to_owned()], None));
        let signed = format!("{MESSAGE}-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n");
        assert_eq!(read(&signed).unwrap().manifest, "99");
    }

    #[test]
    fn what_milegate_would_not_write_is_refused() {
        for (from, to, said) in [
            ("Milegate-Format: 1", "Milegate-Format: 2", "its format is 2"),
            ("Milegate-Previous: none\n", "", "Previous is missing"),
            ("Milegate-Target: abc", "Milegate-Target: abc\nMilegate-Target: xyz", "is there twice"),
            ("gitTree:def", "def", "is not a gitTree:"),
            ("Milegate-Previous: none\n", "Milegate-Previous: none\nSigned-off-by: x\n", "does not end in"),
        ] {
            assert!(read(&MESSAGE.replacen(from, to, 1)).unwrap_err().contains(said), "{to}");
        }
        assert!(read("").is_err());
    }
}
