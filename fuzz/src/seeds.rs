//! Seeds from the fixtures. A target with a folder in `FUZZ_SEEDS` writes its seeds there and ends.

use std::path::Path;

use refund_providers::crypto::Secret;
use refund_providers::crypto::cipher::{open_gcm, open_md5_ecb};
use refund_providers::wire::json::{Literal, Members};
use refund_providers::wire::xml::Elements;
use serde_json::Value;

use crate::fixtures::Fixture;

/// Writes the seeds and ends the process, if `FUZZ_SEEDS` names a folder.
pub fn write_if_asked(seeds: impl FnOnce() -> Vec<Vec<u8>>) {
    let Some(folder) = std::env::var_os("FUZZ_SEEDS") else { return };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    for (index, seed) in seeds().iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{index:04}")), seed).unwrap();
    }
    std::process::exit(0);
}

/// Returns a JSON object without its signature, and otherwise unchanged.
pub fn without_sign(body: &[u8]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(body) else { return body.to_vec() };
    let Some(start) = text.find("\"sign\":\"") else { return body.to_vec() };
    let Some(length) = text[start + 8..].find('"') else { return body.to_vec() };
    let (before, behind) = (&text[..start], &text[start + 8 + length + 1..]);
    let behind = match before.trim_end().ends_with(',') {
        true => behind.to_owned(),
        false => behind.trim_start_matches(',').to_owned(),
    };
    let before = match behind.starts_with(',') {
        true => before,
        false => before.trim_end().trim_end_matches(','),
    };
    format!("{before}{behind}").into_bytes()
}

/// Returns a form without its signature.
pub fn form_without_sign(body: &[u8]) -> Vec<u8> {
    parameters_without(body, &["sign", "sign_type"])
}

/// Returns a form without the parameters `left_out`.
pub fn parameters_without(body: &[u8], left_out: &[&str]) -> Vec<u8> {
    let is_kept = |part: &&[u8]| {
        let name = part.split(|byte| *byte == b'=').next().unwrap_or_default();
        !left_out.iter().any(|known| known.as_bytes() == name)
    };
    body.split(|byte| *byte == b'&').filter(is_kept).collect::<Vec<_>>().join(&b'&')
}

/// Returns the message in an envelope.
pub fn param(body: &[u8]) -> Option<Vec<u8>> {
    match Members::from_bytes(body).ok()?.get("param")? {
        Literal::Text(text) => Some(text.as_bytes().to_vec()),
        _ => None,
    }
}

/// Returns the first key of a list in a fixture's account.
fn key_of(fixture: &Fixture, name: &str) -> Option<Secret> {
    Secret::new(fixture.account.get(name)?.get(0)?.as_str()?).ok()
}

/// Returns the event, the time and the plaintext of a v3 message, one on each line.
pub fn v3_plaintext(fixture: &Fixture) -> Option<Vec<u8>> {
    let key = key_of(fixture, "api_v3_keys")?;
    let envelope: Value = serde_json::from_slice(&fixture.body).ok()?;
    let resource = envelope.get("resource")?;
    let word = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let nonce = word(resource, "nonce")?;
    let ciphertext = word(resource, "ciphertext")?;
    let ciphertext = data_encoding::BASE64.decode(ciphertext.as_bytes()).ok()?;
    let associated = word(resource, "associated_data").unwrap_or_default();
    let nonce = nonce.as_bytes().try_into().ok()?;
    let plaintext = open_gcm(&[key], nonce, associated.as_bytes(), &ciphertext)?;
    let event = word(&envelope, "event_type").unwrap_or_default();
    let time = word(&envelope, "create_time").unwrap_or_default();
    let mut seed = format!("{event}\n{time}\n").into_bytes();
    seed.extend(plaintext);
    Some(seed)
}

/// Returns the plaintext of a v2 message, and the message with `@` in its place.
pub fn v2_parts(fixture: &Fixture) -> Option<(Vec<u8>, Vec<u8>)> {
    let key = key_of(fixture, "api_v2_keys")?;
    let outer = Elements::from_bytes(&fixture.body, "xml").ok()?;
    let req_info = outer.get("req_info")?;
    let ciphertext = data_encoding::BASE64.decode(req_info.as_bytes()).ok()?;
    let (_, plaintext) = open_md5_ecb(&[key], &ciphertext, |_| true)?;
    let around = std::str::from_utf8(&fixture.body).ok()?.replace(req_info, "@");
    Some((plaintext, around.into_bytes()))
}
