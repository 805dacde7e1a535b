//! One flat XML document: a root and its direct children with their text. The reader accepts no
//! other feature of XML: no document type, no entities except the five predefined and the numeric
//! ones, no processing instruction, and no text below the children.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::byte_order_mark;

/// The deepest nesting that the reader skips.
const DEEPEST: usize = 8;

/// The most elements that are read.
const MOST_ELEMENTS: usize = 512;

/// The children of a root, in order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elements {
    elements: Vec<(String, String)>,
}

/// Why bytes are not one flat XML document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// The bytes are not UTF-8, not well-formed, or have another root.
    #[error("expected one well-formed XML document of the documented root")]
    NotADocument,
    /// The document uses a forbidden feature: a document type, its own entities, a processing
    /// instruction, too much depth or too many elements.
    #[error("expected XML without document types, entities and depth")]
    Forbidden,
}

impl Elements {
    /// Reads `bytes` as one document whose root is named `root`. Skips a byte order mark.
    ///
    /// # Errors
    /// [`XmlError`] for anything else.
    pub fn from_bytes(bytes: &[u8], root: &str) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(byte_order_mark::skip(bytes));
        Self::from_text(text.map_err(|_| XmlError::NotADocument)?, root)
    }

    fn from_text(text: &str, root: &str) -> Result<Self, XmlError> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        let mut document = Document::default();
        let mut is_first = true;
        loop {
            match reader.read_event().map_err(|_| XmlError::NotADocument)? {
                Event::Start(tag) => document.open(tag.name().into_inner(), root)?,
                Event::Empty(tag) => {
                    document.open(tag.name().into_inner(), root)?;
                    document.close();
                }
                Event::End(_) => document.close(),
                Event::Text(text) => document.text(&text.xml10_content())?,
                Event::CData(text) => document.text(&text.xml10_content())?,
                Event::GeneralRef(reference) => document.text(&resolve(&reference)?)?,
                Event::Decl(_) if is_first => {}
                Event::Comment(_) => {}
                Event::Decl(_) => return Err(XmlError::NotADocument),
                Event::PI(_) | Event::DocType(_) => return Err(XmlError::Forbidden),
                Event::Eof => return document.finish(),
            }
            is_first = false;
        }
    }

    /// Returns all children in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.elements.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Returns the text of the first child of this name. Callers have refused repeated names.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, text)| text)
    }

    /// Returns whether a name occurs more than once.
    pub fn has_repeats(&self) -> bool {
        let mut names: Vec<&str> = self.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| matches!(pair, [left, right] if left == right))
    }

    /// Returns whether one of these names occurs more than once.
    pub fn has_repeats_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.iter().filter(|(known, _)| known == name).count() > 1)
    }
}

/// A document during reading.
#[derive(Debug, Default)]
struct Document {
    begun: bool,
    ended: bool,
    depth: usize,
    elements: Vec<(String, String)>,
}

impl Document {
    fn open(&mut self, name: &str, root: &str) -> Result<(), XmlError> {
        let is_root = self.depth == 0;
        if self.ended || (is_root && (self.begun || name != root)) {
            return Err(XmlError::NotADocument);
        }
        self.begun = true;
        self.depth += 1;
        if self.depth > DEEPEST || self.elements.len() >= MOST_ELEMENTS {
            return Err(XmlError::Forbidden);
        }
        if self.depth == 2 {
            self.elements.push((name.to_owned(), String::new()));
        }
        Ok(())
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.ended = self.depth == 0;
    }

    /// Adds text to a child. Outside the children only white space is allowed; below them, text has
    /// no meaning.
    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        match (self.depth, self.elements.last_mut()) {
            (2, Some((_, content))) => content.push_str(text),
            (0 | 1, _) if !text.trim().is_empty() => return Err(XmlError::NotADocument),
            (_, _) => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<Elements, XmlError> {
        let is_whole = self.begun && self.ended;
        is_whole.then_some(Elements { elements: self.elements }).ok_or(XmlError::NotADocument)
    }
}

/// Resolves the five predefined entities and numeric references. Other entities are forbidden.
fn resolve(reference: &BytesRef<'_>) -> Result<String, XmlError> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| XmlError::NotADocument)? {
        return Ok(character.to_string());
    }
    let name = reference.clone().into_inner();
    quick_xml::escape::resolve_predefined_entity(&name)
        .map(str::to_owned)
        .ok_or(XmlError::Forbidden)
}

#[cfg(test)]
mod tests {
    use super::Elements;

    fn read(text: &str) -> Option<Vec<(String, String)>> {
        let elements = Elements::from_bytes(text.as_bytes(), "xml").ok()?;
        Some(elements.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
    }

    #[test]
    fn children_are_read_with_entities_and_character_data() {
        let text = "<?xml version=\"1.0\"?>\n<xml>\n <a>1 &amp; &#x4e2d;</a><b><![CDATA[<x>]]></b>\
             <!-- no --><c/><d>x<e>deep</e>y</d></xml>\n";
        let expected = [("a", "1 & 中"), ("b", "<x>"), ("c", ""), ("d", "xy")];
        let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn everything_else_that_xml_can_do_is_an_error() {
        for text in [
            "",
            "<xml>",
            "<xml></lmx>",
            "<root></root>",
            "<xml></xml><xml></xml>",
            "<xml></xml>tail",
            "<xml>text</xml>",
            "<!DOCTYPE xml><xml></xml>",
            "<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><a>&a;</a></xml>",
            "<xml><a>&unknown;</a></xml>",
            "<?php echo ?><xml></xml>",
            "<xml><?x y?></xml>",
            "<xml><a>&#0;</a></xml>",
            "\u{feff}<xml></xml><a/>",
            " <?xml version=\"1.0\"?><xml></xml>",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let deep = format!("<xml>{}{}</xml>", "<a>".repeat(10_000), "</a>".repeat(10_000));
        assert_eq!(read(&deep), None);
    }
}
