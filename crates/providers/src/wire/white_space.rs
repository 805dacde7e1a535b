//! White space in JSON, where a provider writes none.

/// Returns whether JSON has white space outside of texts.
pub fn found_in(json: &[u8]) -> bool {
    let (mut is_in_text, mut is_escaped) = (false, false);
    json.iter().any(|byte| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_in_text,
            b'"' => is_in_text = !is_in_text,
            b' ' | b'\t' | b'\r' | b'\n' => return !is_in_text,
            _ => {}
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::found_in;

    #[test]
    fn white_space_counts_outside_of_texts_only() {
        for compact in [r#"{"a b":"c\" \\","d":["\t",1]}"#, "", r#"{"a":"x\\"}"#, "\u{feff}{}"] {
            assert!(!found_in(compact.as_bytes()), "{compact}");
        }
        for spaced in [r#"{"a": 1}"#, "{}\n", " {}", "{\t}", "{}\r", r#"{"a":"x\\" }"#] {
            assert!(found_in(spaced.as_bytes()), "{spaced}");
        }
    }
}
