//! Words that occur often and live as long as the program: names of tools and units.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Longest word that is kept; a longer one is no name of a tool.
const LONGEST: usize = 64;
/// Most words that are kept: more than there are tools and units in the world.
const MOST: usize = 4096;

static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The same word for as long as the program runs. What is no such word becomes `unknown`.
pub fn intern(word: &str) -> &'static str {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = known.get(word) {
        return kept;
    }
    if word.len() > LONGEST || known.len() >= MOST {
        return "unknown";
    }
    let kept: &'static str = Box::leak(word.to_owned().into_boxed_str());
    known.insert(kept);
    kept
}
