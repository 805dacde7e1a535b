//! The reader of URL-encoded forms: what it accepts it reads the same when written again.

#![no_main]

use harness::{fixtures, seeds};
use libfuzzer_sys::fuzz_target;
use refund_inbox::wire::charset::Charset;
use refund_inbox::wire::form::Pairs;
use refund_inbox::wire::percent;

/// The most parameters that are read.
const MOST_PARAMETERS: usize = 512;

fuzz_target!(
    init: seeds::write_if_asked(|| {
        fixtures::of("alipay").into_iter().map(|fixture| fixture.body).collect()
    }),
    |data: &[u8]| {
        assert_eq!(percent::decode(percent::encode(data).as_bytes()).as_deref(), Some(data));
        let Ok(pairs) = Pairs::from_bytes(data) else { return };
        let number = pairs.iter().count();
        assert!((1..=MOST_PARAMETERS).contains(&number));
        let encode = |(name, value): (&[u8], &[u8])| {
            format!("{}={}", percent::encode(name), percent::encode(value))
        };
        let written = pairs.iter().map(encode).collect::<Vec<_>>().join("&");
        assert_eq!(Pairs::from_bytes(written.as_bytes()).as_ref(), Ok(&pairs));

        for (name, value) in pairs.iter() {
            for charset in [Charset::Utf8, Charset::Gb] {
                _ = charset.decode(name);
                _ = charset.decode(value);
            }
            if let Ok(name) = std::str::from_utf8(name) {
                assert!(pairs.get(name).is_some());
                let repeats = pairs.count(name) > 1;
                assert!(!repeats || pairs.has_repeats("\0 no such name"));
            }
        }
        // Neither the order of parameters nor a second writing changes what is signed.
        let mut parts: Vec<&str> = written.split('&').collect();
        parts.reverse();
        let reversed = Pairs::from_bytes(parts.join("&").as_bytes()).unwrap();
        for keep_empty in [true, false] {
            let text = pairs.signed_text(&["sign"], keep_empty);
            assert_eq!(reversed.signed_text(&["sign"], keep_empty), text);
        }
    }
);
