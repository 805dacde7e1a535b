//! Every provider of the registry: changed requests, content that counts as verified, and, where
//! this crate knows how to sign, signed messages of any content.
//!
//! The first byte of an input chooses the provider, the second what to do.

#![no_main]

use std::sync::LazyLock;

use harness::forgery::Forgery;
use harness::signed::{self, Signed};
use harness::{choice, fixtures, seeds};
use libfuzzer_sys::fuzz_target;
use refund_providers::provider::registry::DEFINITIONS;

/// The choices that every provider has. The choices of [`Signed`] follow them.
const FORGED: usize = 0;
const VOUCHED: usize = 1;
const SHARED_CHOICES: usize = 2;

struct Target {
    provider: &'static str,
    forgery: Forgery,
    signed: Option<&'static Signed>,
}

static TARGETS: LazyLock<Vec<Target>> = LazyLock::new(|| {
    let target = |provider| Target {
        provider,
        forgery: Forgery::new(provider),
        signed: signed::of(provider),
    };
    DEFINITIONS.iter().map(|definition| target(definition.name)).collect()
});

impl Target {
    fn choices(&self) -> usize {
        SHARED_CHOICES + self.signed.map_or(0, |signed| signed.choices.len())
    }

    fn run(&self, input: &[u8]) {
        match (choice(input, self.choices()), self.signed) {
            (Some((FORGED, input)), _) => self.forgery.run(input),
            (Some((VOUCHED, input)), _) => self.forgery.normalize(input),
            (Some((index, input)), Some(signed)) => signed.choices[index - SHARED_CHOICES](input),
            (Some(_) | None, _) => {}
        }
    }

    fn seeds(&self, provider: u8) -> Vec<Vec<u8>> {
        let mut seeds = Vec::new();
        for fixture in fixtures::of(self.provider) {
            let place = self.forgery.place_of(&fixture);
            let request = fixture.as_request();
            seeds.push([vec![provider, FORGED as u8, place], request].concat());
            seeds.push([vec![provider, VOUCHED as u8, place], fixture.body.clone()].concat());
            let contents = self.signed.map(|signed| (signed.seeds)(&fixture)).unwrap_or_default();
            for (index, content) in contents {
                seeds.push([vec![provider, SHARED_CHOICES as u8 + index], content].concat());
            }
        }
        seeds
    }
}

fuzz_target!(
    init: {
        LazyLock::force(&TARGETS);
        seeds::write_if_asked(|| {
            (0..).zip(TARGETS.iter()).flat_map(|(index, target)| target.seeds(index)).collect()
        });
    },
    |data: &[u8]| {
        if let Some((provider, input)) = choice(data, TARGETS.len()) {
            TARGETS[provider].run(input);
        }
    }
);
