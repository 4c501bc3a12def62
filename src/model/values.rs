//! What a file of no known format holds, as far as a single number may be taken out of it.

use std::collections::BTreeMap;

/// A value of a JSON file.
#[derive(Debug, Clone, PartialEq)]
pub enum Leaf {
    /// A finite number.
    Number(f64),
    /// No number: what it is instead.
    Other(String),
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// JSON: its leaves by their JSON pointer (RFC 6901).
    Json(BTreeMap<String, Leaf>),
    /// Text.
    Text(String),
}
