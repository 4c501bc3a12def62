//! The only clock. Dates are UTC, so that a verdict does not depend on where the machine stands.

/// This moment.
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Today's date in UTC.
pub fn today() -> jiff::civil::Date {
    now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Waits.
pub fn pause(milliseconds: u64) {
    std::thread::sleep(std::time::Duration::from_millis(milliseconds));
}
