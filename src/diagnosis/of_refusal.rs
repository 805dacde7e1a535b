//! One sentence that says what to do.

use refund_providers::contract::Refusal;

/// Returns what to do about a delivery that is refused for this reason.
pub(super) fn of_refusal(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::ContentType => {
            "The Content-Type is not the provider's: something else sent this, or a proxy changed it."
        }
        Refusal::MalformedBody => {
            "The body has not the form that the provider signs: compare it with the provider's page."
        }
        Refusal::RepeatedName | Refusal::UnsupportedValue | Refusal::AmbiguousValue => {
            "The signed text would have two readings: report this delivery to the provider."
        }
        Refusal::SignatureMissing | Refusal::HeaderMissing | Refusal::CredentialMissing => {
            "A signature or header is missing: a stranger sent this, or a proxy removes headers."
        }
        Refusal::SignatureMalformed | Refusal::TimestampMalformed => {
            "A signature or time has not the documented form: a stranger sent this, or a proxy changed it."
        }
        Refusal::SignatureRepeated | Refusal::HeaderRepeated | Refusal::CredentialRepeated => {
            "A header occurs twice: look for a proxy that adds it."
        }
        Refusal::SignatureMismatch => {
            "No key that we know made this signature: compare the secret with the provider's, then look \
             for a proxy that changes bodies or paths; otherwise it is a forgery."
        }
        Refusal::SignatureProbe => {
            "The provider sent a wrong signature on purpose, to see that we refuse it: do nothing."
        }
        Refusal::UnsupportedAlgorithm => {
            "The account does not accept this algorithm: compare the provider's settings with ours."
        }
        Refusal::CredentialMismatch => {
            "The token or password is none of the account's: compare it with the provider's settings."
        }
        Refusal::Stale => {
            "It was signed too long before or after its receipt: compare our clock, then look for a queue \
             or proxy that held it back; otherwise somebody repeats an old request."
        }
        Refusal::UnknownKey => {
            "The provider signed with a key that the account lacks: add the key that it names."
        }
        Refusal::UnknownCertificate(_) => {
            "The certificate that it names is not pinned: if it is the provider's, fetch it by hand and \
             add it to the account's certificates, then judge it again."
        }
        Refusal::CertificateMalformed => {
            "The message has no certificate that can be read: a stranger sent this."
        }
        Refusal::CertificateUntrusted | Refusal::CertificateExpired => {
            "No pin and no chain of the account leads to the certificate at the time that counts: if the \
             provider has a new one, add it; otherwise it is a forgery."
        }
        Refusal::CertificateOwner => {
            "The certificate belongs to somebody else: a forgery, or a test certificate."
        }
        Refusal::NotEnabled => {
            "The account does not accept this dialect: configure the keys of that dialect."
        }
        Refusal::WrongAccount => {
            "A key fits, and the message names another account or mode than this one: configure that account, \
             or give the provider the URL of the right one."
        }
        Refusal::TransmissionReused => {
            "Its signed headers came before with another body, so it is a forgery unless the provider says \
             otherwise: find out who has seen the headers of a delivery."
        }
    }
}
