//! The parameters of a URL.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use form_urlencoded::parse;
use percent_encoding::percent_decode_str;

use super::Mistake;

/// The longest query of a URL that is read.
const LONGEST: usize = 8 * 1024;

/// The parameters of a URL, each with its texts. An empty text counts as absent, because forms send
/// one for every field that nobody filled in.
#[derive(Clone, Debug, Default)]
pub struct Words {
    given: BTreeMap<String, Vec<String>>,
    /// The names that were asked for.
    known: Vec<&'static str>,
}

impl Words {
    /// Reads the query of a URL, without its question mark.
    pub fn read(query: &str) -> Result<Self, Mistake> {
        if query.len() > LONGEST {
            let message = format!("expected at most {LONGEST} bytes, found {}", query.len());
            return Err(Mistake::new("query", message));
        }
        Self::decode("query", query)
    }

    /// Reads the body of a posted form. The listener limits its size.
    pub fn posted(body: &[u8]) -> Result<Self, Mistake> {
        let text = std::str::from_utf8(body);
        Self::decode("form", text.map_err(|_| Mistake::new("form", "expected text in UTF-8"))?)
    }

    /// Decodes the pairs of a query or a form, which `name` is.
    fn decode(name: &str, text: &str) -> Result<Self, Mistake> {
        let spaced = text.replace('+', " ");
        if percent_decode_str(&spaced).decode_utf8().is_err() {
            return Err(Mistake::new(name, "expected text in UTF-8"));
        }
        let pairs = parse(text.as_bytes());
        Self::of(pairs.map(|(name, text)| (name.into_owned(), text.into_owned())))
    }

    /// Takes pairs of a name and a text.
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, Mistake> {
        let mut given: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, text) in pairs.into_iter().filter(|(_, text)| !text.is_empty()) {
            // Postgres takes no NUL in a text.
            if name.contains('\0') || text.contains('\0') {
                return Err(Mistake::new("parameters", "expected texts without NUL"));
            }
            given.entry(name).or_default().push(text);
        }
        Ok(Self { given, known: Vec::new() })
    }

    /// Takes a text.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>, Mistake> {
        let mut texts = self.take(name).into_iter();
        match (texts.next(), texts.next()) {
            (text, None) => Ok(text),
            (_, Some(_)) => Err(Mistake::new(name, "expected one value, found several")),
        }
    }

    /// Takes a list: texts separated by commas, or several parameters of the same name.
    pub fn list(&mut self, name: &'static str) -> Vec<String> {
        let texts = self.take(name);
        let words = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// Takes a boolean. It is false if it is absent.
    pub fn flag(&mut self, name: &'static str) -> Result<bool, Mistake> {
        match self.text(name)?.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(Mistake::expected(name, "true or false", other)),
        }
    }

    /// Takes a number in a range.
    pub fn number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, Mistake> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.map(Some).ok_or_else(|| {
            let wanted = format!("a number from {} to {}", range.start(), range.end());
            Mistake::expected(name, &wanted, &text)
        })
    }

    /// Requires that every parameter was taken.
    pub fn finish(self) -> Result<(), Mistake> {
        let Some(unknown) = self.given.keys().next() else { return Ok(()) };
        let wanted = match self.known.as_slice() {
            [] => "no parameters".to_owned(),
            known => format!("some of {}", known.join(", ")),
        };
        Err(Mistake::expected("parameters", &wanted, unknown))
    }

    fn take(&mut self, name: &'static str) -> Vec<String> {
        self.known.push(name);
        self.given.remove(name).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn words_are_taken_by_their_names_and_the_rest_is_a_mistake() {
        let query = "open=true&status=a,b&status=c&q=%E9%80%80+x&empty=&limit=7&more=1";
        let mut words = Words::read(query).unwrap();
        assert_eq!(words.flag("open"), Ok(true));
        assert_eq!(words.flag("attention"), Ok(false));
        assert_eq!(words.list("status"), ["a", "b", "c"]);
        assert_eq!(words.text("q"), Ok(Some("退 x".to_owned())));
        assert_eq!(words.text("empty"), Ok(None));
        assert_eq!(words.number("limit", 1..=10), Ok(Some(7)));
        let error = words.finish().unwrap_err().to_string();
        let known = "open, attention, status, q, empty, limit";
        assert_eq!(error, format!("parameters: expected some of {known}, found \"more\""));
    }

    #[test]
    fn other_texts_are_mistakes() {
        for query in ["a=%ff", "a=%00", "%00=a", "a=%c3", &"a".repeat(9000)] {
            assert!(Words::read(query).is_err(), "{query:.20}");
        }
        let words = |query: &str| Words::read(query).unwrap();
        assert!(words("a=1&a=2").text("a").is_err());
        for text in ["yes", "1", "TRUE", "true,false"] {
            assert!(words(&format!("a={text}")).flag("a").is_err(), "{text}");
        }
        for text in ["0", "11", "-1", "x", "99999999999999999999", "1.5", "+"] {
            assert!(words(&format!("a={text}")).number("a", 1..=10).is_err(), "{text}");
        }
    }
}
