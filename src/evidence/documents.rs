//! A document as far as the gates ask for it: is there text in it, and which headings.

/// A document that exists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// It holds more than white space and headings.
    pub has_text: bool,
    /// Its headings, inline markup taken out.
    pub headings: Vec<String>,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl Document {
    /// Whether a heading of that text is there; case and surrounding white space do not matter.
    pub fn has_heading(&self, wanted: &str) -> bool {
        let fold = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let wanted = fold(wanted);
        self.headings.iter().any(|h| fold(h) == wanted)
    }
}
