//! Percent-encoding, decoded once and to bytes. The caller decides how to read them as text.

/// Decodes `%XX`. Every other byte stays as it is, also `+`. Returns `None` for a broken escape.
pub fn decode(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut parts = bytes.split(|byte| *byte == b'%');
    decoded.extend_from_slice(parts.next().unwrap_or_default());
    for part in parts {
        let (digits, behind) = part.split_first_chunk::<2>()?;
        let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
        decoded.push(u8::try_from(high? * 16 + low?).ok()?);
        decoded.extend_from_slice(behind);
    }
    Some(decoded)
}

/// Encodes every byte except letters, digits, `-`, `.`, `_` and `~`.
pub fn encode(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            encoded.push(char::from(*byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Writes a form.
pub fn encode_form(parameters: &[(&str, String)]) -> String {
    let pair = |(name, value): &(&str, String)| format!("{name}={}", encode(value.as_bytes()));
    parameters.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Writes bytes that are no text in ASCII: every byte that is not a visible character of ASCII, and
/// `%`, as an escape.
pub fn visible(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_graphic() && *byte != b'%' {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn escapes_are_decoded_once_and_broken_ones_are_errors() {
        assert_eq!(decode(b"a%2Bb+%25%e4").unwrap(), b"a+b+%\xe4");
        assert_eq!(decode(b"%252B").unwrap(), b"%2B");
        for broken in [&b"%"[..], b"%2", b"%zz", b"a%2", b"%%41", b"%+1"] {
            assert_eq!(decode(broken), None);
        }
        assert_eq!(decode(encode(b"a+b/c= \xff~").as_bytes()).unwrap(), b"a+b/c= \xff~");
    }
}
