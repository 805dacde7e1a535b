//! The queries of links.

use form_urlencoded::{Serializer, parse};

/// Returns the query with these parameters, with its question mark; nothing without parameters.
pub(in crate::console) fn of(parameters: &[(&str, &str)]) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    format!("?{}", Serializer::new(String::new()).extend_pairs(parameters).finish())
}

/// Returns the query with `name` set to `value`, or without it, and with its question mark.
pub(in crate::console) fn with(query: &str, name: &str, value: Option<&str>) -> String {
    let kept: Vec<_> = parse(query.as_bytes()).filter(|(other, _)| other != name).collect();
    let mut pairs: Vec<(&str, &str)> =
        kept.iter().map(|(name, value)| (&**name, &**value)).collect();
    pairs.extend(value.map(|value| (name, value)));
    of(&pairs)
}

/// Returns the query without the parameters of these names, with its question mark.
pub(in crate::console) fn without(query: &str, names: &[&str]) -> String {
    let kept: Vec<_> =
        parse(query.as_bytes()).filter(|(name, _)| !names.contains(&&**name)).collect();
    of(&kept.iter().map(|(name, value)| (&**name, &**value)).collect::<Vec<_>>())
}

/// Returns the query without parameters whose text is empty, if it has any. Forms send one for
/// every field that nobody filled in.
pub(in crate::console) fn without_empty(query: &str) -> Option<String> {
    let pairs: Vec<_> = parse(query.as_bytes()).collect();
    let filled: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
    if filled.len() == pairs.len() {
        return None;
    }
    let filled: Vec<(&str, &str)> =
        filled.iter().map(|(name, value)| (&**name, &**value)).collect();
    Some(of(&filled))
}

#[cfg(test)]
mod tests {
    use super::{of, with, without, without_empty};

    #[test]
    fn queries_are_encoded_changed_and_cleaned() {
        assert_eq!(of(&[]), "");
        assert_eq!(of(&[("order", "退 款&1")]), "?order=%E9%80%80+%E6%AC%BE%261");
        assert_eq!(with("a=1&after=x&b=2", "after", Some("y")), "?a=1&b=2&after=y");
        assert_eq!(with("after=x", "after", None), "");
        assert_eq!(without("a=1&after=x&limit=2", &["after", "limit"]), "?a=1");
        assert_eq!(without_empty("a=1&b=&c=2"), Some("?a=1&c=2".to_owned()));
        assert_eq!(without_empty("a="), Some(String::new()));
        assert_eq!(without_empty("a=1&b=2"), None);
        assert_eq!(without_empty(""), None);
    }
}
