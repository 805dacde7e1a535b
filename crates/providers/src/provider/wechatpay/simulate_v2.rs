//! Plays WeChat Pay for accounts that have only v2 keys: encrypted XML without a signature.

use data_encoding::BASE64;
use time::macros::offset;

use super::wire::MAINLAND;
use super::{Merchant, WeChatPay};
use crate::contract::simulation::{Scenario, Simulated, SimulationError, SimulationOrder};
use crate::crypto::cipher::seal_md5_ecb;
use crate::crypto::rsa::SigningError;
use crate::kit::simulation::{Wording, Words};
use crate::kit::subject::SimulatedAmounts;
use crate::refund::Currency;
use crate::wire::times;

const WORDS: Words<&str> = Words {
    succeeded: "SUCCESS",
    failed: Err("WeChat Pay closes a refund (canceled) or asks the merchant to act"),
    pending: Err("v2 reports a refund when it has ended or needs the merchant"),
    canceled: Ok("REFUNDCLOSE"),
    requires_action: Ok("CHANGE"),
    not_a_refund: Err("v2 encrypts only messages about refunds"),
    unknown_status: "LIMBO",
};

/// v2 signs no time.
const STALE: Wording<()> = Err("v2 messages carry no time of signing");

impl WeChatPay {
    pub(super) fn simulate_v2(
        &self,
        order: &SimulationOrder<'_>,
    ) -> Result<Simulated, SimulationError> {
        let scenario = order.scenario;
        if let (Scenario::Stale, Err(why)) = (scenario, STALE) {
            return Err(SimulationError::NoSuchScenario { scenario, why });
        }
        let amounts = order.amounts(order.only_currency(Currency::iso(MAINLAND))?, "88.50")?;
        let refund = refund(order, &amounts, order.words(&WORDS)?);
        let secret = order.secret(&self.v2_keys)?;
        let sealed = seal_md5_ecb(&secret, refund.as_bytes()).ok_or(SigningError::Library)?;
        let req_info = BASE64.encode(&sealed);
        // Without its first block the plaintext is not XML.
        let start = req_info.get(..20).unwrap_or_default();
        let req_info = order.tampered(req_info.clone(), start, "AAAAAAAAAAAAAAAAAAAA");
        let body = xml(
            "xml",
            &[
                ("return_code", "SUCCESS".to_owned()),
                ("appid", self.app_id.clone().unwrap_or_else(|| "wx0000000000000001".to_owned())),
                ("mch_id", self.merchant.number().to_owned()),
                ("sub_mch_id", self.merchant.first_sub_mchid().unwrap_or_default().to_owned()),
                ("nonce_str", order.id("nonce")),
                ("req_info", req_info),
            ],
        );
        Ok(Simulated::new("text/xml", body))
    }
}

impl Merchant {
    /// Returns the number of the merchant or service provider.
    fn number(&self) -> &str {
        match self {
            Self::Single(mchid) => mchid,
            Self::Partner { sp_mchid, sub_mchids: _ } => sp_mchid,
        }
    }

    /// Returns the number of a service provider's merchant.
    fn first_sub_mchid(&self) -> Option<&str> {
        match self {
            Self::Single(_) => None,
            Self::Partner { sp_mchid: _, sub_mchids } => {
                Some(sub_mchids.first().map_or("1900000109", String::as_str))
            }
        }
    }
}

fn refund(order: &SimulationOrder<'_>, amounts: &SimulatedAmounts, status: &str) -> String {
    // A number of more than 128 characters cannot be read.
    let out_refund_no = order.value(order.refund_number("refund-"), "9".repeat(200));
    let succeeded_at = match status {
        "SUCCESS" => times::write_local(order.now, offset!(+8)),
        _ => String::new(),
    };
    xml(
        "root",
        &[
            ("transaction_id", order.payment_number("42000")),
            ("out_trade_no", order.order_number("order-")),
            ("refund_id", order.other_refund_number("50300")),
            ("out_refund_no", out_refund_no),
            ("total_fee", amounts.order.minor().to_string()),
            ("settlement_total_fee", amounts.order.minor().to_string()),
            ("refund_fee", amounts.refund.minor().to_string()),
            ("settlement_refund_fee", amounts.refund.minor().to_string()),
            ("refund_status", status.to_owned()),
            ("success_time", succeeded_at),
            ("refund_recv_accout", "支付用户零钱".to_owned()),
            ("refund_account", "REFUND_SOURCE_RECHARGE_FUNDS".to_owned()),
            ("refund_request_source", "API".to_owned()),
        ],
    )
}

/// Writes a flat document without the elements that are empty.
fn xml(root: &str, elements: &[(&str, String)]) -> String {
    let elements = elements.iter().filter(|(_, text)| !text.is_empty());
    let elements = elements.map(|(name, text)| format!("<{name}><![CDATA[{text}]]></{name}>"));
    format!("<{root}>{}</{root}>", elements.collect::<String>())
}
