//! A filter as the parameters of a URL, for the audit.

use form_urlencoded::Serializer;
use serde::Serialize;
use serde_json::Value;

/// Returns a filter as the query of a URL that selects the same rows, without its question mark. What
/// selects nothing is left out.
pub fn parameters(filter: &impl Serialize) -> String {
    let Ok(Value::Object(members)) = serde_json::to_value(filter) else { return String::new() };
    let mut query = Serializer::new(String::new());
    for (name, value) in members {
        match value {
            Value::String(text) => drop(query.append_pair(&name, &text)),
            Value::Bool(true) => drop(query.append_pair(&name, "true")),
            Value::Array(words) if !words.is_empty() => {
                let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
                query.append_pair(&name, &words.join(","));
            }
            Value::Null | Value::Bool(false) | Value::Number(_) => {}
            Value::Array(_) | Value::Object(_) => {}
        }
    }
    query.finish()
}

#[cfg(test)]
mod tests {
    use super::parameters;
    use crate::query::{DeliveriesFilter, RefundsFilter, ReportFilter, Words};

    #[test]
    fn the_parameters_select_what_the_filter_selects() {
        let refunds = RefundsFilter {
            account: Some("hk".to_owned()),
            status: vec!["failed".to_owned(), "unknown".to_owned()],
            open: true,
            order: Some("a&b = 订单".to_owned()),
            by: Some("received".to_owned()),
            ..RefundsFilter::default()
        };
        let text = parameters(&refunds);
        assert!(text.starts_with("account=hk&"), "{text}");
        assert_eq!(RefundsFilter::take(&mut Words::read(&text).unwrap()).unwrap(), refunds);
        let deliveries = DeliveriesFilter {
            verdict: vec!["refused".to_owned()],
            waiting: true,
            ..DeliveriesFilter::default()
        };
        let text = parameters(&deliveries);
        assert_eq!(text, "verdict=refused&waiting=true");
        assert_eq!(DeliveriesFilter::take(&mut Words::read(&text).unwrap()).unwrap(), deliveries);
        assert_eq!(parameters(&ReportFilter::default()), "");
    }
}
