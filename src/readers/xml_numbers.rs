//! Empty elements of which all but two numbers is known: most of a large coverage report is made of
//! them, and they are taken at a glance.
//!
//! Whatever is not exactly so is left to the cursor, which says what it is.

use super::digits::number;
use super::xml::Cursor;

/// `<line number="12" hits="3"/>`, in pieces.
pub(super) struct Shape {
    /// Up to the first number, and from there to the second.
    pub(super) before: [&'static str; 2],
    /// What may stand behind the second number.
    pub(super) after: &'static [&'static str],
    /// Most attributes that it has.
    pub(super) attributes: usize,
}

impl Cursor<'_> {
    /// The numbers, each of one to seven digits, of the element that begins right here, if it is of
    /// the shape and may stand here; and how many bytes follow it.
    #[inline]
    pub(super) fn numbers(&self, shape: &Shape) -> Option<([u32; 2], usize)> {
        if !self.admits(shape.attributes) {
            return None;
        }
        let rest = self.rest().strip_prefix(shape.before[0].as_bytes())?;
        let (first, rest) = number(rest)?;
        let rest = rest.strip_prefix(shape.before[1].as_bytes())?;
        let (second, rest) = number(rest)?;
        let rest = shape.after.iter().find_map(|after| rest.strip_prefix(after.as_bytes()))?;
        Some(([first, second], rest.len()))
    }
}
