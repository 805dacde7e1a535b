//! eftPay's signature: SHA-256 over the secret followed by the sorted members.
//!
//! <https://vmp.eftpay.com.cn/vmp-docs/en/develop-guide/VerifySign.html>. A forger can extend a
//! message under a plain hash with the secret in front, but only by bytes that are not UTF-8. So
//! strict UTF-8 is part of the verification.

use super::EftPay;
use super::wire::{CONSUMED, SIGN};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::crypto::hash::verify_secret_first_sha256;
use crate::crypto::{PresentedDigest, Proof, SignatureForm};
use crate::kit::rules::{self, BodyForm};
use crate::kit::signature::signature_member;
use crate::wire::canonical::{self, EmptyMembers};
use crate::wire::json::{Literal, Members};

impl Authenticate for EftPay {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        rules::require(delivery, BodyForm::Json)?;
        let members = Members::from_bytes(delivery.body).map_err(|_| Refusal::MalformedBody)?;
        if members.has_repeats_except(SIGN) {
            return Err(Refusal::RepeatedName.into());
        }
        if members.iter().any(|member| matches!(member.value, Literal::Nested(_))) {
            return Err(Refusal::UnsupportedValue.into());
        }
        let proof = self.verify(&members)?;
        if is_ambiguous(&members) {
            return Err(Refusal::AmbiguousValue.into());
        }
        // One secret may serve several merchants of a group.
        if members.signed_text("user_confirm_key") != Some(self.user_confirm_key.as_str()) {
            return Err(Refusal::WrongAccount.into());
        }
        Ok(Authentic::new(proof, delivery.body))
    }
}

impl EftPay {
    /// Verifies both readings of the rule, because eftPay does not document whether empty members
    /// are signed. Both are digests of the full content under the same secret, so either is safe.
    fn verify(&self, members: &Members<'_>) -> Result<Proof, Refusal> {
        let presented = PresentedDigest::from_hex(signature_member(members, SIGN)?)
            .ok_or(Refusal::SignatureMalformed)?;
        let attempt = |empty, form| {
            let text = canonical::text(members, SIGN, empty);
            verify_secret_first_sha256(&self.secrets, &text, &presented, form)
        };
        if let Some(proof) = attempt(EmptyMembers::LeftOut, SignatureForm::EmptyLeftOut) {
            return Ok(proof);
        }
        if canonical::has_empty_text(members, SIGN)
            && let Some(proof) = attempt(EmptyMembers::TextKept, SignatureForm::EmptyKept)
        {
            return Ok(proof);
        }
        Err(Refusal::SignatureMismatch)
    }
}

/// `a=1&b=2` is the text of two members, and of one member with the value `1&b=2`.
fn is_ambiguous(members: &Members<'_>) -> bool {
    let unsafe_value = |text: &str| text.contains(['&', '=']) || text.contains(char::is_control);
    let consumed = members.iter().filter(|member| CONSUMED.contains(&&*member.name));
    consumed.filter_map(|member| member.value.as_signed_text()).any(unsafe_value)
        || canonical::hides_members(members, &CONSUMED, &[])
}
