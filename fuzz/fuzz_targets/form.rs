//! The reader of URL-encoded forms: what it accepts, it reads the same after writing it again.

#![no_main]

use harness::{fixtures, percent_encode, seeds};
use libfuzzer_sys::fuzz_target;
use refund_providers::wire::charset::Charset;
use refund_providers::wire::form::Pairs;
use refund_providers::wire::percent;

/// The most parameters that are read.
const MOST_PARAMETERS: usize = 512;

/// How many bytes of an input are encoded by both encoders.
const LONGEST_ENCODED: usize = 64;

/// How many names are looked up.
const LOOKED_UP: usize = 8;

fuzz_target!(
    init: seeds::write_if_asked(|| {
        fixtures::of("alipay").into_iter().map(|fixture| fixture.body).collect()
    }),
    |data: &[u8]| {
        let start = &data[..data.len().min(LONGEST_ENCODED)];
        for encoded in [percent::encode(start).into_bytes(), percent_encode(start)] {
            assert_eq!(percent::decode(&encoded).as_deref(), Some(start));
        }
        let Ok(pairs) = Pairs::from_bytes(data) else { return };
        let number = pairs.iter().count();
        assert!((1..=MOST_PARAMETERS).contains(&number));
        let encode = |(name, value): (&[u8], &[u8])| {
            [percent_encode(name), vec![b'='], percent_encode(value)].concat()
        };
        let mut parts: Vec<Vec<u8>> = pairs.iter().map(encode).collect();
        assert_eq!(Pairs::from_bytes(&parts.join(&b'&')).as_ref(), Ok(&pairs));

        let has_repeats = pairs.has_repeats_except("\0 no such name");
        for (name, value) in pairs.iter() {
            for charset in [Charset::Utf8, Charset::Gb] {
                _ = charset.decode(name);
                _ = charset.decode(value);
            }
        }
        for (name, _) in pairs.iter().take(LOOKED_UP) {
            if let Ok(name) = std::str::from_utf8(name) {
                assert!(pairs.get(name).is_some());
                assert!(has_repeats || pairs.count(name) == 1);
            }
        }
        // Neither the order of parameters nor writing them again changes the signed text.
        parts.reverse();
        let reversed = parts.join(&b'&');
        let reversed = Pairs::from_bytes(&reversed).unwrap();
        for keep_empty in [true, false] {
            let text = pairs.signed_text(&["sign"], keep_empty);
            assert_eq!(reversed.signed_text(&["sign"], keep_empty), text);
        }
    }
);
