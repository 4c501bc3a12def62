//! Tags as facts. Whether a tag is a milestone's is for others to judge: an annotated tag can carry
//! another tag's object, point at another tag, or be no object at all.

use git2::ObjectType;

use super::error::LedgerError;
use super::repository::{Repository, time};

/// A tag, and what its object says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFacts {
    /// What the reference names: the tag object, or for a lightweight tag its target.
    pub object_id: String,
    /// Whether there is a tag object.
    pub annotated: bool,
    /// What the tag object names directly; a nested tag is not peeled.
    pub target: String,
    /// Whether that is a commit.
    pub target_is_commit: bool,
    /// The name inside the tag object; an object under another name's reference gives itself away.
    pub name_in_object: Option<String>,
    /// The message, a signature included; empty for a lightweight tag. Hostile until escaped.
    pub message: String,
    /// `Name <email>` of who made it.
    pub tagger: Option<String>,
    /// When it was made, by the tagger's clock.
    pub time: Option<jiff::Timestamp>,
}

impl Repository {
    /// The tag of that name; `None` if there is none.
    ///
    /// # Errors
    /// If the name is not fit for a tag, or its object cannot be read.
    pub fn tag(&self, name: &str) -> Result<Option<TagFacts>, LedgerError> {
        if !git2::Tag::is_valid_name(name) {
            return Err(LedgerError::Bad(format!("`{}` is not a name for a tag", name.escape_debug())));
        }
        let what = format!("cannot read the tag {name}");
        let reference = match self.raw().find_reference(&format!("refs/tags/{name}")) {
            Ok(reference) => reference,
            Err(e) if e.code() == git2::ErrorCode::NotFound => return Ok(None),
            Err(e) => return Err(self.fail(&what, &e)),
        };
        let reference = reference.resolve().map_err(|e| self.fail(&what, &e))?;
        let id = reference.target().ok_or_else(|| LedgerError::Bad(format!("{what}: it names nothing")))?;
        let object = self.raw().find_object(id, None).map_err(|e| self.fail(&what, &e))?;
        let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Some(match object.as_tag() {
            Some(tag) => TagFacts {
                object_id: id.to_string(),
                annotated: true,
                target: tag.target_id().to_string(),
                target_is_commit: tag.target_type() == Some(ObjectType::Commit),
                name_in_object: Some(lossy(tag.name_bytes())),
                message: tag.message_bytes().map(lossy).unwrap_or_default(),
                tagger: tag
                    .tagger()
                    .map(|t| format!("{} <{}>", lossy(t.name_bytes()), lossy(t.email_bytes()))),
                time: tag.tagger().and_then(|tagger| time(tagger.when())),
            },
            None => TagFacts {
                object_id: id.to_string(),
                annotated: false,
                target: id.to_string(),
                target_is_commit: object.kind() == Some(ObjectType::Commit),
                name_in_object: None,
                message: String::new(),
                tagger: None,
                time: None,
            },
        }))
    }

    /// Names of the tags that a glob names, sorted.
    ///
    /// # Errors
    /// If the references cannot be read.
    pub fn tags_matching(&self, glob: &str) -> Result<Vec<String>, LedgerError> {
        let matcher = globset::Glob::new(glob)
            .map_err(|e| LedgerError::Bad(format!("`{glob}` is not a glob: {}", e.kind())))?
            .compile_matcher();
        let fail = |e: git2::Error| self.fail("cannot list the tags", &e);
        let mut names = Vec::new();
        for reference in self.raw().references_glob("refs/tags/*").map_err(fail)? {
            let reference = reference.map_err(fail)?;
            let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
            if let Some(name) = name.strip_prefix("refs/tags/")
                && matcher.is_match(name)
            {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}
