//! The table of what providers may write in different ways. Every dialect follows it.
//!
//! | what | rule | here |
//! |---|---|---|
//! | `Content-Type` | a hint: one of the [form](BodyForm)'s types, or none; equal parts count as one | [`require`] |
//! | `Content-Encoding` | a hint: `identity` or the name of a charset is no coding | [`is_encoded`] |
//! | labels in a signature's header | any order and letter case; empty or repeated is refused | [`labels`] |
//! | byte order mark | signed with the raw body, then skipped | [`skip`](crate::wire::byte_order_mark::skip) |
//!
//! A provider's page gives the default of a label that may be absent. The signature always decides.

use encoding_rs::Encoding;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};

use crate::contract::{Delivery, Refusal};

/// The form of a dialect's bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyForm {
    /// JSON.
    Json,
    /// A URL-encoded form.
    Form,
}

impl BodyForm {
    /// Returns the media types of the form. `*` is any text.
    fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["application/json", "text/json", "text/plain", "application/*+json"],
            Self::Form => &["application/x-www-form-urlencoded"],
        }
    }

    fn has(self, media_type: &str) -> bool {
        self.media_types().iter().any(|known| match known.split_once('*') {
            None => *known == media_type,
            Some((first, last)) => {
                let rest = media_type.strip_prefix(first).and_then(|it| it.strip_suffix(last));
                rest.is_some_and(|rest| !rest.is_empty())
            }
        })
    }
}

/// Refuses a body whose `Content-Type` names another form. A missing or empty `Content-Type` is
/// accepted. So is one that is repeated or joined by commas, if every part names the same type.
/// Parameters have no meaning: a charset that counts is signed.
///
/// # Errors
/// [`Refusal::ContentType`].
pub fn require(delivery: &Delivery<'_>, form: BodyForm) -> Result<(), Refusal> {
    let mut media_types = Vec::new();
    for value in parts(delivery.headers, &CONTENT_TYPE) {
        let value = value.ok_or(Refusal::ContentType)?;
        let media_type = value.split(';').next().unwrap_or_default().trim();
        if !media_type.is_empty() {
            media_types.push(media_type.to_ascii_lowercase());
        }
    }
    let Some((first, others)) = media_types.split_first() else { return Ok(()) };
    let is_one = others.iter().all(|other| other == first);
    if is_one && form.has(first) { Ok(()) } else { Err(Refusal::ContentType) }
}

/// Returns whether the body has a content coding, such as `gzip`. Providers sign the bytes before
/// coding, and a compressed body can expand beyond every limit, so callers refuse it. Some senders
/// write the name of a charset into this header: then the body is not coded.
pub fn is_encoded(headers: &HeaderMap) -> bool {
    let is_hint = |name: &str| {
        name.eq_ignore_ascii_case("identity") || Encoding::for_label(name.as_bytes()).is_some()
    };
    !parts(headers, &CONTENT_ENCODING).all(|part| part.is_some_and(is_hint))
}

/// Reads the labels `names` from a signature's header in the form `name=value, name=value`. A label
/// that is absent is `None`; the caller applies the default of the provider's page, or refuses.
/// Other labels have no meaning.
///
/// # Errors
/// [`Refusal::SignatureMalformed`] for a part without `=`, and for a label of `names` that is empty
/// or repeated.
pub fn labels<'h, const N: usize>(
    header: &'h str,
    names: [&str; N],
) -> Result<[Option<&'h str>; N], Refusal> {
    let mut values = [None; N];
    for part in header.split(',') {
        let (name, value) = part.split_once('=').ok_or(Refusal::SignatureMalformed)?;
        let known = |(known, _): &(&str, _)| known.eq_ignore_ascii_case(name.trim());
        let Some((_, place)) = names.into_iter().zip(&mut values).find(known) else { continue };
        let value = value.trim();
        if value.is_empty() || place.replace(value).is_some() {
            return Err(Refusal::SignatureMalformed);
        }
    }
    Ok(values)
}

/// Returns the parts of all values of a header, split at commas outside of quotes. A value that is
/// not visible ASCII text is `None`.
fn parts<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = Option<&'h str>> {
    headers.get_all(name).iter().flat_map(|value| match value.to_str() {
        Err(_) => vec![None],
        Ok(text) => {
            let mut is_quoted = false;
            let split = text.split(move |character| {
                is_quoted ^= character == '"';
                character == ',' && !is_quoted
            });
            split.map(|part| Some(part.trim())).collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use time::OffsetDateTime;

    use super::{BodyForm, is_encoded, labels, require};
    use crate::contract::{Delivery, Refusal};

    fn headers(name: &'static str, values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_bytes(value).unwrap();
            headers.append(HeaderName::from_static(name), value);
        }
        headers
    }

    fn is_accepted(values: &[&[u8]], form: BodyForm) -> bool {
        let headers = headers("content-type", values);
        let delivery = Delivery {
            path_and_query: "/",
            headers: &headers,
            redacted: &[],
            body: b"",
            received_at: OffsetDateTime::UNIX_EPOCH,
        };
        match require(&delivery, form) {
            Ok(()) => true,
            Err(refusal) => {
                assert_eq!(refusal, Refusal::ContentType);
                false
            }
        }
    }

    #[test]
    fn content_types_are_hints_and_equal_parts_count_as_one() {
        let (json, form) = (BodyForm::Json, BodyForm::Form);
        let url_encoded = b"application/x-www-form-urlencoded";
        let cases: [(&[&[u8]], bool, bool); 19] = [
            (&[], true, true),
            (&[b""], true, true),
            (&[b"application/json"], true, false),
            (&[b"Application/JSON ; charset=gbk"], true, false),
            (&[b"text/json"], true, false),
            (&[b"text/plain"], true, false),
            (&[b"TEXT/PLAIN; charset=utf-8"], true, false),
            (&[b"application/problem+json"], true, false),
            (&[b"application/+json"], false, false),
            (&[b"application/jsonp"], false, false),
            (&[b"application/json", b"application/json"], true, false),
            (&[b"application/json, Application/json;charset=utf-8"], true, false),
            (&[b"application/json; note=\"a, b\""], true, false),
            (&[b"application/json, text/plain"], false, false),
            (&[b"application/json", url_encoded], false, false),
            (&[url_encoded, url_encoded], false, true),
            (&[b"application/x-www-form-urlencoded2"], false, false),
            (&[b"multipart/form-data; boundary=x"], false, false),
            (&[b"\xe9"], false, false),
        ];
        for (values, as_json, as_form) in cases {
            let found = (is_accepted(values, json), is_accepted(values, form));
            assert_eq!(found, (as_json, as_form), "{values:?}");
        }
    }

    #[test]
    fn a_charset_is_no_coding_and_a_coding_in_a_list_is_one() {
        let cases: [(&[&[u8]], bool); 20] = [
            (&[], false),
            (&[b"identity"], false),
            (&[b"Identity"], false),
            (&[b"utf-8"], false),
            (&[b"UTF8"], false),
            (&[b"gbk"], false),
            (&[b"GB2312"], false),
            (&[b"ISO-8859-1"], false),
            (&[b"utf-8, identity"], false),
            (&[b"utf-8", b"utf-8"], false),
            (&[b""], true),
            (&[b"gzip"], true),
            (&[b"x-gzip"], true),
            (&[b"br"], true),
            (&[b"deflate"], true),
            (&[b"zstd"], true),
            (&[b"compress"], true),
            (&[b"utf-8, gzip"], true),
            (&[b"utf-8", b"br"], true),
            (&[b"utf-8\xe9"], true),
        ];
        for (values, expected) in cases {
            assert_eq!(is_encoded(&headers("content-encoding", values)), expected, "{values:?}");
        }
    }

    #[test]
    fn labels_have_no_order_and_no_letter_case_and_are_neither_empty_nor_repeated() {
        let read = |header| labels(header, ["algorithm", "keyVersion"]);
        let malformed = Err(Refusal::SignatureMalformed);
        let cases = [
            ("algorithm=RSA256,keyVersion=1", Ok([Some("RSA256"), Some("1")])),
            (" KEYVERSION = 1 , Algorithm=a=b", Ok([Some("a=b"), Some("1")])),
            ("other=,other=", Ok([None, None])),
            ("algorithm=x", Ok([Some("x"), None])),
            ("algorithm=", malformed),
            ("algorithm=x,ALGORITHM=x", malformed),
            ("algorithm", malformed),
            ("", malformed),
        ];
        for (header, expected) in cases {
            assert_eq!(read(header), expected, "{header}");
        }
    }
}
