//! The alerts and the dashboard agree with the service and with the operator's guide.

use std::collections::BTreeSet;

use super::pages::has_heading;
use super::{files_below, hold, text_of};

const RULES: &str = "deploy/prometheus/rules.yml";
const DASHBOARD: &str = "deploy/prometheus/dashboard.json";
const GUIDE: &str = "docs/operating.md";

/// Returns each word of a text that begins like a metric of the service or of its process.
fn metrics_in(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("refund_inbox_") || word.starts_with("process_"))
}

/// Returns the names that the service exports, without the endings of histograms.
fn exported() -> BTreeSet<String> {
    let sources = files_below("src/telemetry").into_iter().map(|path| text_of(&path));
    let names: BTreeSet<String> =
        sources.flat_map(|text| metrics_in(&text).map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(names.len() > 30, "{names:?}");
    names
}

#[test]
fn every_metric_of_the_alerts_and_the_dashboard_is_exported() {
    let exported = exported();
    let is_exported = |name: &str| {
        let ends = ["_bucket", "_sum", "_count"];
        let histogram = ends.iter().find_map(|end| name.strip_suffix(end));
        [Some(name), histogram].into_iter().flatten().any(|name| exported.contains(name))
    };
    let mut breaches = Vec::new();
    for path in [RULES, DASHBOARD] {
        let (text, mut count) = (text_of(path), 0);
        for (line, text) in (1..).zip(text.lines()) {
            for name in metrics_in(text) {
                count += 1;
                if !is_exported(name) {
                    breaches.push(format!("{path}:{line}: nothing exports {name}"));
                }
            }
        }
        assert!(count > 10, "{path}: only {count} metrics were found");
    }
    hold("the alerts and the dashboard use metrics that exist", breaches);
}

#[test]
fn every_alert_leads_to_a_heading_of_the_operators_guide_that_names_it() {
    let (rules, guide) = (text_of(RULES), text_of(GUIDE));
    let mut breaches = Vec::new();
    let mut alerts = rules.split("- alert: ").skip(1).peekable();
    assert!(alerts.peek().is_some(), "{RULES}: no alerts were found");
    for alert in alerts {
        let name = alert.lines().next().unwrap_or_default();
        let url = alert.split("runbook_url: ").nth(1).and_then(|rest| rest.lines().next());
        let heading = url.and_then(|url| url.split_once("/docs/operating.md#"));
        if !heading.is_some_and(|(_, heading)| has_heading(&guide, heading)) {
            breaches.push(format!("{RULES}: {name} leads to {url:?}"));
        }
        if !guide.contains(&format!("`{name}`")) {
            breaches.push(format!("{GUIDE}: {name} is not named"));
        }
    }
    hold("each alert has a runbook", breaches);
}

#[test]
fn every_alert_has_a_story_in_which_it_fires() {
    let stories = text_of("deploy/prometheus/rules_test.yml")
        + &text_of("deploy/prometheus/rules_week_test.yml");
    let rules = text_of(RULES);
    let names = rules.split("- alert: ").skip(1).filter_map(|alert| alert.lines().next());
    let without = names.filter(|name| !stories.contains(&format!("alertname=\"{name}\"")));
    hold("each alert has a story", without.map(|name| format!("{RULES}: {name} has no story")));
}

#[test]
fn every_metric_of_the_service_is_in_the_operators_guide() {
    let guide = text_of(GUIDE);
    let names = text_of("src/telemetry/metrics.rs");
    let names = metrics_in(&names).map(|name| name.trim_start_matches("refund_inbox_"));
    let unknown = names.filter(|name| !guide.contains(&format!("`{name}")));
    hold("the guide explains every metric", unknown.map(|name| format!("{GUIDE}: no {name}")));
}
