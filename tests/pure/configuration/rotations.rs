//! Changes of keys: two verify at once, and a removed one no longer does.

use refund_providers::contract::{Judgement, Meaning, judge};
use refund_providers::provider::registry::DEFINITIONS;

use super::Place;
use crate::fixture_file::{self, Rotation, facts};

/// For each kind of key of each provider: the provider, and the cases that show a change of keys.
fn rotations() -> Vec<(&'static str, &'static Rotation)> {
    let providers = DEFINITIONS.iter().map(|definition| definition.name);
    providers
        .flat_map(|provider| facts(provider).rotations.iter().map(move |one| (provider, one)))
        .collect()
}

#[test]
fn every_case_of_an_old_key_belongs_to_a_rotation() {
    let rotations = rotations();
    for fixture in fixture_file::all() {
        let listed = |(provider, one): &(&str, &Rotation)| {
            fixture.provider == *provider && fixture.name == one.old
        };
        let new = fixture.name.replace("_old_key", "_new_key");
        let names = fixture_file::of_provider(&fixture.provider).iter().map(|other| &other.name);
        if fixture.name.ends_with("rotated_old_key") && names.into_iter().any(|name| *name == new) {
            assert!(rotations.iter().any(listed), "{}", fixture.full_name());
        }
    }
    assert!(rotations.len() > 10, "only {} rotations were found", rotations.len());
}

#[test]
fn hazard_29_two_keys_verify_at_the_same_time_and_a_removed_one_does_not() {
    for (provider, Rotation { old, new, keys }) in rotations() {
        let fixtures = [old, new].map(|name| fixture_file::one(provider, name));
        let account = fixtures[0].account_toml();
        let believed = |settings: &str| {
            let configuration = Place::with(&format!("[accounts.a]\n{settings}")).loaded();
            let reader = &configuration.accounts[0].provider;
            fixtures.each_ref().map(|fixture| {
                let (headers, body) = (fixture.headers(), fixture.body());
                let judgement = judge(&**reader, &fixture.delivery(&headers, &body));
                !judgement.events().is_empty()
            })
        };
        assert_eq!(account, fixtures[1].account_toml(), "{provider}: one account for both");
        assert_eq!(believed(&account), [true, true], "{provider}/{old}: both stand in the list");

        let shorten = |line: &str| match line.starts_with(keys.as_str()) {
            true => first_only(line) + "\n",
            false => line.to_owned() + "\n",
        };
        let newest_only: String = account.lines().map(shorten).collect();
        assert_eq!(believed(&newest_only), [false, true], "{provider}/{old}: the old one is gone");
    }
}

#[test]
fn a_delivery_names_its_key_as_check_config_shows_it() {
    for (provider, Rotation { old, new, keys }) in rotations() {
        let used = [old, new].map(|name| {
            let fixture = fixture_file::one(provider, name);
            let (headers, body, reader) =
                (fixture.headers(), fixture.body(), fixture.configured().provider);
            let Judgement::Authentic(proof, Meaning::Refunds(_)) =
                judge(&*reader, &fixture.delivery(&headers, &body))
            else {
                panic!("{}: about a refund", fixture.full_name());
            };
            let shown: Vec<_> = reader.keys().into_iter().map(|key| key.key_id).collect();
            assert!(shown.contains(proof.key_id()), "{}: {shown:?}", fixture.full_name());
            proof.key_id().clone()
        });
        // What WeChat Pay signs names the key that signed it; which key opened it is not kept.
        let tells_apart = keys != "api_v3_keys";
        assert_eq!(used[0] != used[1], tells_apart, "{provider}/{old}: {used:?}");
    }
}

/// A line `key = [first, …]` with the first item only.
fn first_only(line: &str) -> String {
    let (key, list) = line.split_once(" = ").unwrap();
    let item_end = if list.starts_with("[{") { "}" } else { "\"" };
    let end = list.match_indices(item_end).nth(if item_end == "}" { 0 } else { 1 }).unwrap().0;
    format!("{key} = {}]", &list[..=end])
}
