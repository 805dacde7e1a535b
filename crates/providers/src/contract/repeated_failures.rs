//! What a provider does when its notifications fail again and again.

/// What a provider does when its notifications fail again and again, beyond giving up on each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatedFailures {
    /// It documents nothing.
    NothingDocumented,
    /// It sends nothing more until somebody switches the webhook on again.
    SwitchesWebhookOff,
    /// It sends nothing more until the oldest notification is accepted.
    StopsQueue,
}

impl RepeatedFailures {
    /// Returns it as one word, for a label of metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NothingDocumented => "nothing_documented",
            Self::SwitchesWebhookOff => "switches_webhook_off",
            Self::StopsQueue => "stops_queue",
        }
    }

    /// Returns it as words for the log and for the provider's page, or `None` if nothing is
    /// documented.
    pub fn as_words(self) -> Option<&'static str> {
        match self {
            Self::NothingDocumented => None,
            Self::SwitchesWebhookOff => Some("the provider switches the webhook off"),
            Self::StopsQueue => Some("the provider stops its queue"),
        }
    }
}
