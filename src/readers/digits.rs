//! Digits eight at a time. How many a number has cannot be foretold, and a processor that guesses
//! wrong loses more time than it takes to look at all of them together.

const ONES: u64 = 0x0101_0101_0101_0101;

/// The number that `bytes` begin with, of one to seven digits, and what stands behind it. `None` says
/// nothing: there may be less than eight bytes.
#[inline]
pub(super) fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let eight = bytes.first_chunk()?;
    let digits = count(eight);
    if !(1..=7).contains(&digits) {
        return None;
    }
    // The first digit is the lowest byte. What does not belong to the number is pushed out, and
    // neighbours are put together: two digits, four, eight.
    let values = (u64::from_le_bytes(*eight) ^ (ONES * 0x30)) << (64 - 8 * digits);
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let number = (fours * 10_000 + (fours >> 32)) & 0xffff_ffff;
    Some((number as u32, &bytes[digits..]))
}

/// How many of the bytes are digits, up to the first that is none.
#[inline]
pub(super) fn count(eight: &[u8; 8]) -> usize {
    // 0 to 9 for digits; whatever is more reaches the highest bit when 0x76 is added, and what it
    // carries only reaches later bytes.
    let values = u64::from_le_bytes(*eight) ^ (ONES * 0x30);
    let others = (values.wrapping_add(ONES * 0x76) | values) & (ONES * 0x80);
    (others.trailing_zeros() / 8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_up_to_seven_digits() {
        for (text, expected) in
            [("0", 0), ("7", 7), ("10", 10), ("123", 123), ("0012", 12), ("9999999", 9_999_999)]
        {
            let bytes = format!("{text}\" hits=");
            let (found, rest) = number(bytes.as_bytes()).unwrap();
            assert_eq!((found, rest), (expected, &bytes.as_bytes()[text.len()..]), "{text}");
        }
        for no in ["", "12", "12345678", "\"1234567", "a1234567", "-1234567", " 1234567"] {
            assert!(number(no.as_bytes()).is_none(), "{no}");
        }
    }

    proptest! {
        #[test]
        fn digits_are_counted_up_to_the_first_that_is_none(eight in prop::array::uniform8(b'.'..b'=')) {
            let plain = eight.iter().take_while(|b| b.is_ascii_digit()).count();
            prop_assert_eq!(count(&eight), plain);
        }

        #[test]
        fn a_number_is_what_its_digits_say(said in 0..10_000_000_u32, behind in any::<[u8; 8]>()) {
            prop_assume!(!behind[0].is_ascii_digit());
            let mut bytes = said.to_string().into_bytes();
            bytes.extend(behind);
            prop_assert_eq!(number(&bytes), Some((said, &behind[..])));
        }
    }
}
