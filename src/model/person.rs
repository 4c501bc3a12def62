//! People who may sign off, as the trusted policy lists them.

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The key in `[people]`.
    pub id: String,
    /// E-mail addresses of their commits; compared without regard to case.
    pub emails: Vec<String>,
    /// Their account on the forge.
    pub github: Option<String>,
    /// Roles they may sign off.
    pub roles: Vec<String>,
    /// Public keys of their signatures.
    pub keys: Vec<String>,
}

impl Person {
    /// Whether a commit's address is this person's.
    pub fn owns(&self, email: &str) -> bool {
        self.emails.iter().any(|e| e.eq_ignore_ascii_case(email))
    }
}
