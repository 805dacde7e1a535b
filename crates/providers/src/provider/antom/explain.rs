//! What Antom signs. The path that Antom called is a part of it, so it says which path fits.

use super::Antom;
use super::authenticate::{Presented, signed_text};
use crate::contract::{Delivery, Explain, Explanation, KeyDescription, Signed};
use crate::crypto::SignatureForm;
use crate::kit::headers::{signature_header, signed_header};
use crate::wire::times;

impl Explain for Antom {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        let header = |name| signed_header(delivery.headers, name).ok();
        let signature = signature_header(delivery.headers, "signature").ok();
        let presented = signature.and_then(|header| Presented::read(header).ok());
        let named = presented.as_ref().and_then(|presented| presented.key_version.as_deref());
        let keys = self.named_keys(named).unwrap_or_default();
        let path = self.called_path(delivery.path_and_query);
        let values = header("client-id").zip(header("request-time"));
        let text_of = |path: &str| {
            let (client_id, request_time) = values?;
            Some(signed_text(path, client_id, request_time, delivery.body))
        };
        let fits = |path: &str| {
            let (text, presented) = text_of(path).zip(presented.as_ref())?;
            let form = SignatureForm::HeadersAndBody;
            keys.iter().find_map(|key| key.verify(&text, &presented.signature, form))
        };
        let fitting_path =
            self.other_paths(delivery.path_and_query, &path).find(|path| fits(path).is_some());
        let rule =
            "RSA with SHA-256 over POST, the called path, Client-Id, Request-Time and the body";
        let explained =
            Explanation::new(KeyDescription::all(keys), Signed::text(rule, text_of(&path)));
        let signed_at = values.and_then(|(_, time)| times::read_iso8601(time));
        Explanation { fitting_path, ..explained.naming(named).at(signed_at) }
    }
}

impl Antom {
    /// Returns the paths that Antom may have called in place of `verified`: as the request arrived,
    /// without its query, and with or without a slash at the end.
    fn other_paths(&self, arrived: &str, verified: &str) -> impl Iterator<Item = String> {
        let mut paths = vec![arrived.to_owned()];
        for path in [arrived, verified] {
            let (path, _) = path.split_once('?').unwrap_or((path, ""));
            let bare = path.trim_end_matches('/');
            paths.extend([path.to_owned(), bare.to_owned(), format!("{bare}/")]);
        }
        let verified = verified.to_owned();
        paths.into_iter().filter(move |path| *path != verified)
    }
}
