//! Simulated notifications about a given refund: what the order says is what the service reads.

use std::sync::LazyLock;

use http::{HeaderMap, HeaderName};
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::Definition;
use refund_providers::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationError, SimulationOrder, Subject,
};
use refund_providers::crypto::SigningKey;
use refund_providers::provider::registry::{self, DEFINITIONS};
use refund_providers::refund::RefundEvent;
use time::Duration;
use time::macros::datetime;

use crate::simulators::judged;

/// Settings with which an account carries numbers that it otherwise lacks, beside its usual ones.
const MORE_SETTINGS: [(&str, &str); 8] = [
    (
        "stripe",
        "merchant_order_metadata_key = \"order\"\nmerchant_refund_metadata_key = \"ours\"\n",
    ),
    ("airwallex", "merchant_order_metadata_key = \"order\"\n"),
    ("airwallex", "identity = \"request_id\"\n"),
    ("checkout", "reference_is = \"refund\"\nmerchant_order_metadata_key = \"order\"\n"),
    ("razorpay", "merchant_order_id_note = \"order\"\n"),
    ("razorpay", "identity = \"receipt\"\n"),
    ("xendit", "identity = \"reference_id\"\n"),
    ("paypal", "merchant_order_from = \"custom_id\"\n"),
];

/// An account of each dialect, and those with more settings.
static ACCOUNTS: LazyLock<Vec<(ConfiguredAccount, Option<SigningKey>)>> = LazyLock::new(|| {
    let read = |it: Demonstration, more: &str| {
        let settings = format!("{}{more}", it.settings);
        (read_account(it.account, &settings).unwrap(), it.signing_key)
    };
    let made = |definition: &Definition| (definition.demonstrations)("a-secret").unwrap();
    let usual = DEFINITIONS.iter().flat_map(|it| made(it).into_iter().map(|it| read(it, "")));
    let more = MORE_SETTINGS.iter().flat_map(|(provider, more)| {
        let definition = registry::definition(provider).unwrap();
        made(definition).into_iter().map(|it| read(it, more))
    });
    usual.chain(more).collect()
});

const AT: time::OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

fn simulate(
    (account, key): &(ConfiguredAccount, Option<SigningKey>),
    (scenario, serial): (Scenario, &str),
    subject: Subject<'_>,
) -> Result<Simulated, SimulationError> {
    let signing_key = key.as_ref();
    let order = SimulationOrder { scenario, now: AT, serial, subject, path: "/", signing_key };
    account.provider.simulate(&order)
}

/// Returns the one event that the account reads in a notification.
fn event(account: &ConfiguredAccount, simulated: &Simulated) -> RefundEvent {
    let mut headers = HeaderMap::new();
    for (name, value) in &simulated.headers {
        headers.insert(HeaderName::from_static(name), value.parse().unwrap());
    }
    let judgement = judged(account, &headers, simulated.body.as_bytes(), AT);
    let [event] = judgement.events() else { panic!("{}: {judgement:?}", account.name) };
    event.clone()
}

#[test]
fn a_notification_names_the_numbers_that_are_given_or_the_provider_carries_none() {
    let mut carried = [0; 3];
    for simulator in ACCOUNTS.iter() {
        let name = &simulator.0.name;
        let scenario = (Scenario::Succeeded, "1");
        let refund = Subject { refund: Some("Given77"), ..Subject::default() };
        let found = event(&simulator.0, &simulate(simulator, scenario, refund).unwrap());
        assert_eq!(found.merchant_refund_id, "Given77", "{name}");
        assert!(found.unread.is_empty(), "{name}: {found:?}");
        carried[0] += 1;
        let order = Subject { order: Some("Order88"), ..refund };
        let payment = Subject { payment: Some("Payment99"), ..refund };
        for (place, subject) in [(1, order), (2, payment)] {
            match simulate(simulator, scenario, subject) {
                Err(SimulationError::NotCarried { .. }) => {}
                Err(error) => panic!("{name}: {error}"),
                Ok(simulated) => {
                    let found = event(&simulator.0, &simulated);
                    assert_eq!(found.merchant_refund_id, "Given77", "{name}");
                    let facts = &found.facts;
                    let (read, given) = match place {
                        1 => (&facts.merchant_order_id, "Order88"),
                        _ => (&facts.provider_payment_id, "Payment99"),
                    };
                    assert_eq!(read.as_deref(), Some(given), "{name}");
                    carried[place] += 1;
                }
            }
        }
    }
    let [refunds, orders, payments] = carried;
    assert_eq!(refunds, payments, "every provider carries the payment");
    assert!(orders >= 14, "only {orders} of {refunds} carry the order");
}

#[test]
fn an_amount_is_read_as_it_is_given_in_each_currency_that_the_account_takes() {
    for simulator in ACCOUNTS.iter() {
        let name = &simulator.0.name;
        let mut taken = 0;
        for (code, amount, minor) in
            [("CNY", "12.34", 1234), ("PHP", "7", 700), ("JPY", "1234", 1234), ("MYR", "0.05", 5)]
        {
            let (amount, currency) = (Some(amount), Some(code));
            let subject = Subject { amount, currency, ..Subject::default() };
            match simulate(simulator, (Scenario::Succeeded, "1"), subject) {
                Err(SimulationError::OtherCurrency { expected, .. }) => assert_ne!(expected, code),
                Err(error) => panic!("{name}: {error}"),
                Ok(simulated) => {
                    let found = event(&simulator.0, &simulated);
                    let facts = &found.facts;
                    let read = match found.cumulative_within {
                        Some(_) => facts.order_refunded_minor,
                        None => facts.amount_minor,
                    };
                    assert_eq!(found.currency.as_deref(), Some(code), "{name}");
                    assert_eq!(read, Some(minor), "{name} {code}");
                    assert!(facts.order_amount_minor.is_none_or(|it| it >= minor), "{name}");
                    taken += 1;
                }
            }
        }
        assert!(taken > 0, "{name} takes none of the currencies");
        let wrong = [("12.345", "CNY"), ("twelve", "CNY"), ("", "CNY"), ("1", "QQQ"), ("1", "")];
        for (amount, currency) in wrong {
            let (amount, currency) = (Some(amount), Some(currency));
            let subject = Subject { amount, currency, ..Subject::default() };
            let error = simulate(simulator, (Scenario::Succeeded, "1"), subject).unwrap_err();
            assert!(!error.to_string().contains('\n'), "{name}: {error}");
        }
    }
}

#[test]
fn two_notifications_about_one_refund_agree_on_every_number() {
    let made_at = Some(AT - Duration::hours(5));
    let given = Subject { refund: Some("Given77"), made_at, ..Subject::default() };
    for simulator in ACCOUNTS.iter() {
        let numbers = |serial| {
            let simulated = simulate(simulator, (Scenario::Succeeded, serial), given).unwrap();
            let event = event(&simulator.0, &simulated);
            let facts = event.facts;
            let made = facts.provider_created_at;
            assert!(made.is_none() || made == made_at, "{}: {made:?}", simulator.0.name);
            let payment = (facts.provider_payment_id, facts.merchant_order_id);
            (event.key, facts.provider_refund_id, payment, facts.sub_merchant)
        };
        assert_eq!(numbers("1"), numbers("2"), "{}", simulator.0.name);
    }
}

#[test]
fn two_refunds_of_one_order_name_the_same_payment_and_add_up() {
    for simulator in ACCOUNTS.iter() {
        let event = |serial, earlier_refunds| {
            let order_serial = Some("5");
            let subject = Subject { order_serial, earlier_refunds, ..Subject::default() };
            let simulated = simulate(simulator, (Scenario::Succeeded, serial), subject).unwrap();
            event(&simulator.0, &simulated)
        };
        let (first, second) = (event("1", 0), event("2", 1));
        let name = &simulator.0.name;
        assert_ne!(first.key, second.key, "{name}");
        let [one, two] = [&first, &second].map(|it| it.facts.provider_payment_id.as_ref());
        assert_eq!(one, two, "{name}");
        assert!(one.is_some(), "{name}");
        let [one, two] = [&first, &second].map(|it| it.facts.order_refunded_minor);
        assert_eq!(two, one.map(|it| it * 2), "{name}");
    }
}
