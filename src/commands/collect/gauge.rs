//! How far reading is: one line on stderr, only on a terminal, only if it takes longer than a second,
//! and gone when it is done. Reports that nobody has to wait for pay one question: is it a terminal?

use crate::commands::ci;
use crate::ledger::{Root, clock, stamps};
use crate::render::plain::{clean, cut, pad};
use jiff::Timestamp;
use std::io::{self, IsTerminal, Read, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Fewer bytes are read within a second by every reader.
const LARGE: u64 = 4 << 20;
/// How long nothing is shown, in milliseconds.
const PATIENCE: i64 = 1000;
/// How often the line is drawn.
pub(super) const EVERY: Duration = Duration::from_millis(100);
/// Cells of the bar.
const BAR: usize = 20;

/// What has been read so far.
pub(super) struct Gauge {
    total: u64,
    done: AtomicU64,
    /// The file that was read from last: of several that are read at once, a large one.
    file: Mutex<String>,
    began: Timestamp,
    /// Columns of the line that stands on the terminal.
    drawn: Mutex<usize>,
}

impl Gauge {
    /// A gauge for reading these files, if they are worth it and it could be seen.
    pub(super) fn begin<'a>(
        is_seen: bool,
        root: &Root,
        paths: impl Iterator<Item = &'a str>,
    ) -> Option<Self> {
        if !is_seen {
            return None;
        }
        let total = stamps::size(root, paths);
        (total >= LARGE).then(|| Self::of(total))
    }

    fn of(total: u64) -> Self {
        Self {
            total,
            done: AtomicU64::new(0),
            file: Mutex::default(),
            began: clock::now(),
            drawn: Mutex::default(),
        }
    }

    /// The file, counted while it is read.
    pub(super) fn count<'a>(&'a self, file: &'a mut dyn Read, path: &'a str) -> Counted<'a> {
        Counted { file, path, gauge: self }
    }

    /// Draws the line, if it is time.
    pub(super) fn draw(&self) {
        if clock::now().as_millisecond() - self.began.as_millisecond() < PATIENCE {
            return;
        }
        let width = terminal_size::terminal_size_of(io::stderr()).map_or(80, |(w, _)| usize::from(w.0));
        let file = self.file.lock().map(|file| file.clone()).unwrap_or_default();
        let line = line(self.done.load(Ordering::Relaxed), self.total, &file, width.saturating_sub(1));
        if let Ok(mut drawn) = self.drawn.lock() {
            *drawn = width.saturating_sub(1);
            let _ = write!(io::stderr(), "\r{}", pad(&line, *drawn));
        }
    }
}

/// Whether somebody looks at stderr who might have to wait.
pub(super) fn is_seen() -> bool {
    io::stderr().is_terminal() && !ci::is_any()
}

impl Drop for Gauge {
    fn drop(&mut self) {
        let drawn = self.drawn.lock().map_or(0, |drawn| *drawn);
        if drawn > 0 {
            let _ = write!(io::stderr(), "\r{}\r", " ".repeat(drawn));
        }
    }
}

/// A file that is counted while it is read.
pub(super) struct Counted<'a> {
    file: &'a mut dyn Read,
    path: &'a str,
    gauge: &'a Gauge,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.gauge.done.fetch_add(read as u64, Ordering::Relaxed);
        if let Ok(mut file) = self.gauge.file.lock() {
            self.path.clone_into(&mut file);
        }
        Ok(read)
    }
}

/// `reading [#####---------------]  25%  44 of 175 MB  coverage.xml`, in at most so many columns.
fn line(done: u64, total: u64, file: &str, columns: usize) -> String {
    // A file that grew is all there at its end.
    let done = done.min(total);
    let part =
        |of: u64| u64::try_from(u128::from(done) * u128::from(of) / u128::from(total.max(1))).unwrap_or(of);
    let full = usize::try_from(part(BAR as u64)).unwrap_or(BAR);
    let bar = format!("{}{}", "#".repeat(full), "-".repeat(BAR - full));
    let (read, all) = (done / 1_000_000, total / 1_000_000);
    cut(&format!("reading [{bar}] {:>3}%  {read} of {all} MB  {}", part(100), clean(file)), columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn the_line_tells_how_far_it_is() {
        let told = |done| line(done, 175_000_000, "coverage.xml", 79);
        assert_eq!(told(0), "reading [--------------------]   0%  0 of 175 MB  coverage.xml");
        assert_eq!(told(43_750_000), "reading [#####---------------]  25%  43 of 175 MB  coverage.xml");
        assert_eq!(told(400_000_000), "reading [####################] 100%  175 of 175 MB  coverage.xml");
        let hostile = line(1, 2, "\u{1b}[2J::error::\u{202e}ä", 50);
        assert!(hostile.width() <= 50 && !hostile.contains(['\u{1b}', '\u{202e}']), "{hostile}");
    }

    #[test]
    fn there_is_one_for_large_files_that_somebody_looks_at() {
        let directory = tempfile::tempdir().unwrap();
        let root = Root::new(directory.path()).unwrap();
        for (bytes, is_seen, expected) in
            [(LARGE, true, true), (LARGE, false, false), (LARGE - 2, true, false)]
        {
            std::fs::File::create(directory.path().join("a")).unwrap().set_len(bytes - 1).unwrap();
            std::fs::write(directory.path().join("b"), "b").unwrap();
            let gauge = Gauge::begin(is_seen, &root, ["a", "b", "none"].into_iter());
            assert_eq!(gauge.is_some(), expected, "{bytes} bytes, {is_seen}");
        }
    }

    #[test]
    fn bytes_are_counted_and_nothing_is_drawn_in_the_first_second() {
        let gauge = Gauge::of(10);
        let mut file: &[u8] = b"1234567";
        let mut text = String::new();
        gauge.count(&mut file, "a.xml").read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), gauge.done.load(Ordering::Relaxed)), ("1234567", 7));
        gauge.draw();
        assert_eq!(*gauge.drawn.lock().unwrap(), 0);
        assert_eq!(*gauge.file.lock().unwrap(), "a.xml");
    }
}
