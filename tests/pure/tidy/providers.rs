//! What every provider has: a folder like its siblings', a line in the registry, fixtures, a
//! section in the configuration's reference and a page.

use std::collections::BTreeSet;

use refund_providers::provider::registry::DEFINITIONS;

use super::{files_below, hold, text_of};
use crate::fixture_file::{self, facts};

/// The files that every provider's folder has. A folder may have other files for what only its
/// dialects have, such as a version or a second kind of message.
const FILES: [&str; 9] = [
    "acknowledgements.json",
    "authenticate.rs",
    "explain.rs",
    "mod.rs",
    "normalize.rs",
    "reply.rs",
    "settings.rs",
    "simulate.rs",
    "wire.rs",
];

/// Each dialect has a fixture of each of these scenarios, or a reason why it has none.
const SCENARIOS: [&str; 21] = [
    "canceled",
    "failed",
    "malformed",
    "non_ascii",
    "not_a_refund",
    "number_literals",
    "pending",
    "redelivered",
    "requires_action",
    "retired_key",
    "rotated_new_key",
    "rotated_old_key",
    "signature_empty",
    "signature_missing",
    "signature_repeated",
    "succeeded_full",
    "succeeded_part",
    "unknown_extra_field",
    "unknown_status",
    "wrong_account",
    "wrong_key",
];

fn names() -> BTreeSet<String> {
    DEFINITIONS.iter().map(|definition| definition.name.to_owned()).collect()
}

#[test]
fn every_provider_folder_has_the_files_of_its_siblings() {
    let mut breaches = Vec::new();
    for name in names() {
        let folder = format!("crates/providers/src/provider/{name}/");
        let found = files_below(&folder);
        let found: BTreeSet<&str> =
            found.iter().filter_map(|path| path.strip_prefix(&folder)).collect();
        let missing = FILES.iter().filter(|file| !found.contains(*file));
        breaches.extend(missing.map(|file| format!("{folder}{file}:1: missing")));
    }
    hold("each provider's folder has these files: all folders have the same structure", breaches);
}

#[test]
fn every_provider_folder_is_in_the_registry_and_every_entry_has_a_folder() {
    let folders: BTreeSet<String> = files_below("crates/providers/src/provider")
        .iter()
        .filter_map(|path| {
            Some(path.strip_prefix("crates/providers/src/provider/")?.split_once('/')?.0.to_owned())
        })
        .collect();
    let registry = text_of("crates/providers/src/provider/mod.rs");
    let mut breaches: Vec<String> = folders
        .symmetric_difference(&names())
        .map(|name| {
            format!(
                "crates/providers/src/provider/{name}/mod.rs:1: folder and registry do not agree"
            )
        })
        .collect();
    for name in &folders {
        let lines = registry.lines().filter(|line| line.trim() == format!("pub mod {name};"));
        if lines.count() != 1 {
            breaches
                .push(format!("crates/providers/src/provider/mod.rs:1: not one line for {name}"));
        }
    }
    hold("a provider is a folder and one line in the registry", breaches);
}

#[test]
fn every_provider_has_a_commented_section_in_the_reference() {
    let reference = text_of("config/default.toml");
    let has_line = |line: String| reference.lines().any(|text| text.trim_end() == line);
    let breaches = names().into_iter().filter_map(|name| {
        let section = has_line(format!("# provider = \"{name}\""));
        let page = reference.contains(&format!("docs/providers/{name}.md"));
        (!section || !page).then(|| {
            format!("config/default.toml:1: no commented section of {name} that names its page")
        })
    });
    hold("the reference shows how an account of each provider is configured", breaches);
}

#[test]
fn every_provider_has_a_page_and_every_page_a_provider() {
    let pages: BTreeSet<String> = files_below("docs/providers")
        .iter()
        .filter_map(|path| {
            Some(path.strip_prefix("docs/providers/")?.strip_suffix(".md")?.to_owned())
        })
        .filter(|name| name != "README")
        .collect();
    let breaches = pages
        .symmetric_difference(&names())
        .map(|name| format!("docs/providers/{name}.md:1: page and provider do not agree"))
        .collect::<Vec<_>>();
    hold("docs/providers/ has one page for each provider", breaches);
}

#[test]
fn a_page_says_what_refusals_in_a_row_cause_if_the_definition_says_so_and_only_then() {
    const HEADING: &str = "\n## Refusals in a row\n";
    let breaches = DEFINITIONS.iter().filter_map(|definition| {
        let path = format!("docs/providers/{}.md", definition.name);
        let page = text_of(&path);
        let section = page.split_once(HEADING).map(|(_, rest)| rest);
        let section = section.map(|rest| rest.split("\n## ").next().unwrap_or_default());
        let holds = match (definition.repeated_failures.as_words(), section) {
            (None, section) => section.is_none(),
            (Some(_), None) => false,
            (Some(words), Some(section)) => {
                let named = [
                    words,
                    "refund_inbox_consecutive_refusals",
                    "../operating.md#refusals-in-a-row",
                    "To switch it on again:",
                ];
                named.iter().all(|text| section.contains(text))
            }
        };
        (!holds)
            .then(|| format!("{path}:1: does not agree with {:?}", definition.repeated_failures))
    });
    hold(
        "a provider that switches a webhook off or stops its queue has the heading \"Refusals in a \
         row\" with the words of the definition, the metric, and how to switch it on again",
        breaches,
    );
}

#[test]
fn every_provider_has_a_row_in_the_readme() {
    let readme = text_of("README.md");
    let has_row = |name: &str| {
        let link = format!("](docs/providers/{name}.md) |");
        readme.lines().any(|line| line.starts_with("| [") && line.contains(&link))
    };
    let breaches = names()
        .into_iter()
        .filter(|name| !has_row(name))
        .map(|name| format!("README.md:1: no row of {name} in the table of providers"));
    hold("the README's table has a row for each provider", breaches);
}

/// Returns the prefixes of a provider's fixtures: one for each dialect, or none for a single
/// dialect.
fn prefixes(provider: &str) -> Vec<String> {
    let definition = DEFINITIONS.iter().find(|definition| definition.name == provider).unwrap();
    (definition.demonstrations)("token")
        .unwrap()
        .iter()
        .map(|demonstration| {
            let dialect = demonstration.dialect.strip_prefix(provider).unwrap().trim();
            if dialect.is_empty() { String::new() } else { format!("{dialect}_") }
        })
        .collect()
}

fn fixtures(provider: &str) -> BTreeSet<&'static str> {
    fixture_file::of_provider(provider).iter().map(|fixture| fixture.name.as_str()).collect()
}

#[test]
fn every_dialect_has_every_required_fixture_or_a_reason_why_not() {
    let mut breaches = Vec::new();
    for provider in names() {
        let (fixtures, absent) = (fixtures(&provider), &facts(&provider).absent);
        for prefix in prefixes(&provider) {
            for scenario in SCENARIOS {
                let name = format!("{prefix}{scenario}");
                let excused = absent.contains_key(&name) || absent.contains_key(scenario);
                if !fixtures.contains(name.as_str()) && !excused {
                    breaches
                        .push(format!("tests/fixtures/{provider}/provider.json:1: no case {name}"));
                }
            }
            let tampered = format!("{prefix}tampered_");
            if !fixtures.iter().any(|name| name.starts_with(&tampered)) {
                breaches.push(format!(
                    "tests/fixtures/{provider}/provider.json:1: no case {tampered}…"
                ));
            }
        }
    }
    hold(
        "each dialect has a case of each scenario, or `absent` in provider.json says why not",
        breaches,
    );
}

#[test]
fn every_absent_scenario_has_a_reason_and_no_fixture() {
    let mut breaches = Vec::new();
    for provider in names() {
        let (fixtures, absent) = (fixtures(&provider), &facts(&provider).absent);
        let prefixes = prefixes(&provider);
        for (name, reason) in absent {
            let place = format!("tests/fixtures/{provider}/provider.json:1: {name}");
            let whole = prefixes.iter().map(|prefix| format!("{prefix}{name}"));
            if whole.chain([name.clone()]).any(|name| fixtures.contains(name.as_str())) {
                breaches.push(format!("{place} is absent and has a case"));
            }
            if reason.as_str().is_none_or(|reason| reason.trim().is_empty()) {
                breaches.push(format!("{place} is absent without a reason"));
            }
        }
    }
    hold("`absent` in provider.json lists what is absent, and why", breaches);
}

#[test]
fn a_provider_that_documents_a_window_has_a_stale_case_and_no_other_does() {
    let breaches: Vec<String> = names()
        .into_iter()
        .filter(|provider| {
            let has_stale_case = fixtures(provider).iter().any(|name| name.ends_with("stale"));
            has_stale_case != facts(provider).documents_a_window
        })
        .map(|provider| format!("tests/fixtures/{provider}/provider.json:1: documents_a_window"))
        .collect();
    hold("provider.json says whether the provider documents a window", breaches);
}

#[test]
fn the_registry_and_the_fixtures_agree_about_windows() {
    let breaches = DEFINITIONS.iter().filter_map(|definition| {
        let name = definition.name;
        let differs = definition.has_window != facts(name).documents_a_window;
        differs.then(|| format!("tests/fixtures/{name}/provider.json:1: documents_a_window"))
    });
    hold("`has_window` in the registry equals `documents_a_window` in provider.json", breaches);
}
