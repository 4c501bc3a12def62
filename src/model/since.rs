//! Since when something stands: a moment of UTC to the minute, as people write it in a document.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::fmt;
use std::str::FromStr;

/// `2026-11-23 17:30 UTC`. A day alone is read as its beginning: the earliest that it can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Since(Timestamp);

impl Since {
    /// The minute a moment lies in.
    pub fn new(moment: Timestamp) -> Self {
        let seconds = moment.as_second();
        Self(Timestamp::from_second(seconds - seconds.rem_euclid(60)).unwrap_or(moment))
    }

    /// The moment, of whole minutes.
    pub const fn at(self) -> Timestamp {
        self.0
    }

    /// The day, in UTC.
    pub fn date(self) -> Date {
        self.0.to_zoned(TimeZone::UTC).date()
    }

    /// Whole minutes from then to `now`; negative where it lies ahead.
    pub fn minutes_until(self, now: Timestamp) -> i64 {
        (now.as_second() - self.0.as_second()).div_euclid(60)
    }
}

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} UTC", self.0.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M"))
    }
}

/// Why a text is not such a moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a moment such as \"2026-11-23 17:30 UTC\" or \"2026-11-23\"")]
pub struct NotSince(pub String);

impl FromStr for Since {
    type Err = NotSince;

    fn from_str(text: &str) -> Result<Self, NotSince> {
        let refuse = || NotSince(text.to_owned());
        let whole = text.trim();
        if let Ok(moment) = whole.parse::<Timestamp>() {
            return Ok(Self::new(moment));
        }
        let bare = ["UTC", "utc", "Z", "z"].iter().find_map(|zone| whole.strip_suffix(zone)).unwrap_or(whole);
        let bare = bare.trim_end();
        let moment = match bare.len() {
            10 => bare.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)),
            _ => bare.parse::<DateTime>().ok(),
        };
        let zoned = moment.and_then(|moment| moment.to_zoned(TimeZone::UTC).ok()).ok_or_else(refuse)?;
        Ok(Self::new(zoned.timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_people_write_it() {
        for (text, shown) in [
            ("2026-11-23 17:30 UTC", "2026-11-23 17:30 UTC"),
            ("2026-11-23 17:30", "2026-11-23 17:30 UTC"),
            ("2026-11-23T17:30:59Z", "2026-11-23 17:30 UTC"),
            ("2026-11-23T18:30:00+01:00", "2026-11-23 17:30 UTC"),
            (" 2026-11-23 ", "2026-11-23 00:00 UTC"),
        ] {
            let since: Since = text.parse().unwrap();
            assert_eq!(since.to_string(), shown, "{text}");
            assert_eq!(since.to_string().parse(), Ok(since));
        }
        for bad in
            ["", "today", "2026-13-01", "2026-11-23 25:00", "23.11.2026", "UTC", "2026-11-23 17:30 CET"]
        {
            assert!(bad.parse::<Since>().is_err(), "{bad}");
        }
    }

    #[test]
    fn counts_whole_minutes() {
        let since: Since = "2026-11-23 17:30".parse().unwrap();
        let now: Timestamp = "2026-11-23T21:30:30Z".parse().unwrap();
        assert_eq!(since.minutes_until(now), 240);
        assert_eq!(since.minutes_until("2026-11-23T17:29:59Z".parse().unwrap()), -1);
    }
}
