//! Mistakes in the accounts of providers that sign JSON with the secret of a webhook.

use super::{CANARY, Mistake, mistake};

fn razorpay(lines: &str) -> String {
    format!("[accounts.my-razorpay]\nprovider = \"razorpay\"\n{lines}\n")
}

fn paymongo(lines: &str) -> String {
    format!("[accounts.ph-paymongo]\nprovider = \"paymongo\"\n{lines}\n")
}

#[rustfmt::skip]
pub(super) fn in_webhooks() -> Vec<Mistake> {
    let secrets = format!("secrets = [\"{CANARY}\"]\n");
    let signed = |lines: &str| razorpay(&format!("{secrets}{lines}"));
    let tested = |lines: &str| paymongo(&format!("{secrets}livemode = false\n{lines}"));
    let narrow = "expected at least 10800 seconds, found ";
    vec![
        mistake("no secrets", razorpay(""), "accounts.my-razorpay.secrets", "expected a value"),
        mistake("empty list of secrets", razorpay("secrets = []"),
            "accounts.my-razorpay.secrets", "expected at least one secret"),
        mistake("empty account", signed("account_ids = [\"acc_1\", \"\"]"),
            "accounts.my-razorpay.account_ids", "expected text"),
        mistake("empty note", signed("merchant_order_id_note = \" \""),
            "accounts.my-razorpay.merchant_order_id_note", "expected text"),
        mistake("unknown identity", signed("identity = \"notes\""),
            "accounts.my-razorpay.identity", "expected"),
        mistake("window of a provider without a time", signed("clock_skew_seconds = 10800"),
            "accounts.my-razorpay.clock_skew_seconds", "unknown key of provider razorpay"),
        mistake("no mode", paymongo(&secrets), "accounts.ph-paymongo.livemode", "expected a value"),
        mistake("no secrets in a mode", paymongo("livemode = true\nsecrets = []"),
            "accounts.ph-paymongo.secrets", "expected at least one secret"),
        mistake("window that refuses repeats", tested("clock_skew_seconds = 10799"),
            "accounts.ph-paymongo.clock_skew_seconds", narrow),
        mistake("window of nothing", tested("clock_skew_seconds = 0"),
            "accounts.ph-paymongo.clock_skew_seconds", narrow),
        mistake("empty member of metadata", tested("merchant_refund_id_metadata_key = \"\""),
            "accounts.ph-paymongo.merchant_refund_id_metadata_key", "expected text"),
    ]
}
