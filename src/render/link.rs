//! Links to files in a terminal: OSC 8, `ESC ] 8 ; ; ADDRESS ESC \ TEXT ESC ] 8 ; ; ESC \`, as
//! terminals agreed on it. A terminal shows the text alone.
//!
//! Paths come from reports: in the address everything but letters, digits and `-._~/` is a percent
//! escape of its UTF-8 bytes, so no path can end the sequence or begin another. Only paths inside the
//! repository become links, and the text between is cleaned like everywhere.

use super::issue::is_inside;
use super::plain::clean;
use crate::model::place::Place;

/// `file://host/folder/`, for [`super::Style::links`].
pub fn base(host: &str, folder: &str) -> String {
    let folder = folder.replace('\\', "/");
    let folder = folder.trim_start_matches("//?/").trim_matches('/');
    let end = if folder.is_empty() { "" } else { "/" };
    format!("file://{}/{}{end}", escaped(host, false), escaped(folder, true))
}

/// A place as a link below `base`; `None` if it is not inside the repository.
pub(super) fn place(base: &str, place: &Place) -> Option<String> {
    let text = clean(&place.to_string());
    is_inside(&place.path)
        .then(|| format!("\x1b]8;;{base}{}\x1b\\{text}\x1b]8;;\x1b\\", escaped(&place.path, true)))
}

fn escaped(text: &str, slashes: bool) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b) || slashes && b == b'/';
    let shown = |b: u8| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_has_host_and_folder() {
        let base = base("build 1", "/home/ann/my repo");
        assert_eq!(base, "file://build%201/home/ann/my%20repo/");
        assert_eq!(super::base("", "C:\\repo"), "file:///C%3A/repo/");
        assert_eq!(super::base("h", "/"), "file://h/");
        let linked = place(&base, &Place::line("src/ä b.rs", 7)).unwrap();
        let want =
            "\x1b]8;;file://build%201/home/ann/my%20repo/src/%C3%A4%20b.rs\x1b\\src/ä b.rs:7\x1b]8;;\x1b\\";
        assert_eq!(linked, want);
        for outside in ["/etc/passwd", "../x", "https://evil.example/x", "", "C:\\x"] {
            assert_eq!(place(&base, &Place::file(outside)), None, "{outside}");
        }
    }

    proptest! {
        #[test]
        fn no_path_ends_the_sequence_or_begins_another(path in r"(\PC|[\x00-\x1f\x7f\u{80}-\u{9f}\u{202e}]|\x1b\\|\]8;;){1,20}") {
            if let Some(linked) = place("file://h/r/", &Place::line(path, 3)) {
                let address = linked.strip_prefix("\x1b]8;;").unwrap().split_once("\x1b\\").unwrap().0;
                prop_assert!(address.bytes().all(|b| b.is_ascii_graphic()), "{address}");
                prop_assert_eq!(linked.matches('\x1b').count(), 4);
                let controls = ['\u{7}', '\u{9b}', '\u{9c}', '\u{9d}'];
                prop_assert!(!linked.contains(controls), "{linked:?}");
            }
        }
    }
}
