//! What gate 3 asks of a document: is there text in it, and which headings.

use super::region::hex;
use crate::evidence::Document;
use crate::readers::checklist::sound;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// Looks into a document. One that is not UTF-8 - a picture, say - has text if it has bytes, and no headings.
pub fn inspect(bytes: &[u8]) -> Document {
    let sha256 = hex(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Document { has_text: true, headings: Vec::new(), sha256 };
    };
    let text = text.trim_start_matches('\u{feff}');
    let (mut headings, mut heading) = (Vec::new(), None::<String>);
    let (mut html, mut has_text) = (String::new(), false);
    for event in Parser::new_ext(text, sound::options()) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::End(TagEnd::Heading(_)), _) => {
                headings.extend(heading.take().map(|h| h.trim().to_owned()))
            }
            (Event::Text(words) | Event::Code(words), Some(heading)) => heading.push_str(&words),
            (Event::SoftBreak | Event::HardBreak, Some(heading)) => heading.push(' '),
            (Event::Text(words) | Event::Code(words), None) => has_text |= !words.trim().is_empty(),
            (Event::Start(Tag::Image { .. }), None) => has_text = true,
            (Event::Html(words) | Event::InlineHtml(words), None) => html.push_str(&words),
            _ => {}
        }
    }
    Document { has_text: has_text || shows(&html), headings, sha256 }
}

/// Whether HTML shows something: text between its tags, or a picture. Comments show nothing.
fn shows(html: &str) -> bool {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        if !rest[..at].trim().is_empty() {
            return true;
        }
        let tag = &rest[at..];
        let (end, comment) = match tag.strip_prefix("<!--") {
            Some(inner) => (inner.find("-->").map(|n| n + 7), true),
            None => (tag.find('>').map(|n| n + 1), false),
        };
        let name = tag[1..].split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        if !comment
            && ["img", "svg", "object", "video", "iframe"].iter().any(|n| name.eq_ignore_ascii_case(n))
        {
            return true;
        }
        let Some(end) = end else { return false };
        rest = &tag[end..];
    }
    !rest.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::inspect;

    #[test]
    fn text_is_what_a_reader_sees() {
        for (text, has_text) in [
            ("", false),
            (" \n\n", false),
            ("# Title\n\n## Part `x`\n", false),
            ("# Title\n\n<!-- write this -->\n", false),
            ("# Title\n\n<div>\n</div>\n", false),
            ("# Title\n\nWords.\n", true),
            ("# Title\n\n```mermaid\ngraph TD\n```\n", true),
            ("![](diagram.png)\n", true),
            ("<p><img src=\"a.png\"></p>\n", true),
            ("<div>Words</div>\n", true),
            ("- \n- \n", false),
            ("a <!-- b -->\n", true),
        ] {
            assert_eq!(inspect(text.as_bytes()).has_text, has_text, "{text:?}");
        }
        assert!(inspect(b"\x89PNG\xff").has_text);
    }

    #[test]
    fn headings_without_markup() {
        let document = inspect("\u{feff}# A *b* `c`\nx\n\nSet\next\n---\n\n```\n# no\n```\n".as_bytes());
        assert_eq!(document.headings, ["A b c", "Set ext"]);
        assert!(document.has_heading("a  B c"));
        assert_eq!(document.sha256.len(), 64);
    }
}
