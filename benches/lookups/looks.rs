//! The look-ups, and how long each may take.

use std::time::Duration;

use crate::sample::Sample;

/// How long a look-up may take, and `status`. Reports add whole months up and have no limit.
pub(crate) const LOOK_UP: Duration = Duration::from_millis(50);
pub(crate) const STATUS: Duration = Duration::from_millis(300);

/// Filters of `refunds list`. `{…}` stands for a field of the sample.
const REFUNDS: &[&str] = &[
    "",
    "--account hk",
    "--provider wechatpay",
    "--provider alipay",
    "--status failed",
    "--status pending,failed",
    "--status succeeded",
    "--open",
    "--attention",
    "--conflicting",
    "--flag reopened",
    "--flag amount_derived",
    "--currency HKD",
    "--currency EUR",
    "--amount 88.50",
    "--amount 50..100",
    "--order {order}",
    "--payment {payment}",
    "--since 2h",
    "--since {middle} --until {later}",
    "--by updated --since 1d",
    "--by completed --until {middle}",
    "--older-than 3d --open",
    "--account cn --status failed --currency JPY",
    "--account hk --attention --since {middle}",
    "--sort -amount_minor",
    "--sort updated_at",
    "--sort merchant_refund_id",
    "--sort -merchant_order_id",
    "--since 1h --sort status",
];

/// Filters of `deliveries list`.
const DELIVERIES: &[&str] = &[
    "",
    "--account hk",
    "--provider paycools",
    "--provider alipay",
    "--verdict recorded",
    "--verdict duplicate,ignored",
    "--verdict unreadable",
    "--verdict undecryptable",
    "--verdict refused",
    "--reason signature_mismatch",
    "--reason missing_field",
    "--reason missing_field:f2",
    "--key key-cn",
    "--key {key}",
    "--key nobody",
    "--client {client}",
    "--client 192.0.2.7",
    "--client 203.0.113.9",
    "--refund {refund}",
    "--replayed",
    "--waiting",
    "--since 2h",
    "--since {middle} --until {later}",
    "--account ph --verdict refused --since 7d",
    "--sort received_at",
    "--sort -delivery_id",
    "--since 1h --sort key_id",
];

/// Commands about one row, and the others.
const OTHERS: &[(&str, Option<Duration>)] = &[
    ("refunds show {refund}", Some(LOOK_UP)),
    ("refunds show {beginning}", Some(LOOK_UP)),
    ("refunds show {merchant}", Some(LOOK_UP)),
    ("refunds show {provider}", Some(LOOK_UP)),
    ("refunds show {order}", Some(LOOK_UP)),
    ("refunds show {payment}", Some(LOOK_UP)),
    ("refunds explain {refund}", Some(LOOK_UP)),
    ("deliveries show {recorded}", Some(LOOK_UP)),
    ("deliveries show {refused}", Some(LOOK_UP)),
    ("deliveries why {recorded}", Some(LOOK_UP)),
    ("deliveries why {refused}", Some(LOOK_UP)),
    ("audit list", Some(LOOK_UP)),
    ("status", Some(STATUS)),
    ("refunds list --as-of {middle}", Some(LOOK_UP)),
    ("refunds list --as-of {middle} --account hk --status failed", Some(LOOK_UP)),
    ("refunds list --as-of {middle} --currency EUR", Some(LOOK_UP)),
    ("refunds list --as-of {middle} --amount 88.50", Some(LOOK_UP)),
    ("reports totals", None),
    ("reports totals --since {middle} --until {later}", None),
    ("reports totals --since {middle} --until {later} --as-of {later}", None),
    ("reports ageing", None),
    ("reports ageing --as-of {middle}", None),
    ("reports changed --since {middle} --until {later} --as-of {later}", None),
];

/// Commands that print JSON only.
const FEEDS: &[&str] = &["feed --last 50", "feed --after now", "feed --after {seq} --limit 50"];

/// Paths of the API and the console, which are not also those of commands.
const PATHS: &[(&str, Option<Duration>)] = &[
    ("/api/v1/refunds/{refund}", Some(LOOK_UP)),
    ("/api/v1/refunds/{merchant}", Some(LOOK_UP)),
    ("/api/v1/refunds/{refund}/story", Some(LOOK_UP)),
    ("/api/v1/deliveries/{recorded}", Some(LOOK_UP)),
    ("/api/v1/deliveries/{refused}/why", Some(LOOK_UP)),
    ("/api/v1/events?after={seq}&limit=50", Some(LOOK_UP)),
    ("/api/v1/status", Some(STATUS)),
    ("/api/v1/reports/totals?since={middle}&until={later}", None),
    ("/api/v1/reports/ageing", None),
    ("/api/v1/reports/changed?since={middle}&until={later}&as_of={later}", None),
    ("/", None),
    ("/refunds", None),
    ("/refunds?open=true", None),
    ("/refunds/{refund}", None),
    ("/deliveries", None),
    ("/deliveries?verdict=refused", None),
    ("/deliveries/{recorded}", None),
    ("/accounts", None),
    ("/accounts/hk", None),
    ("/feed", None),
    ("/reports", None),
];

/// A look-up: its words or its path, and how long it may take.
pub(crate) struct Look {
    pub(crate) name: String,
    pub(crate) limit: Option<Duration>,
}

/// Lists, each from its beginning and from its middle.
pub(crate) struct List {
    pub(crate) words: &'static str,
    /// The path of the API.
    pub(crate) path: &'static str,
    pub(crate) filters: &'static [&'static str],
}

pub(crate) const LISTS: [List; 2] = [
    List { words: "refunds list", path: "/api/v1/refunds", filters: REFUNDS },
    List { words: "deliveries list", path: "/api/v1/deliveries", filters: DELIVERIES },
];

/// Returns the commands that are no lists, and whether they also print tables.
pub(crate) fn commands(sample: &Sample) -> Vec<(Look, bool)> {
    let look = |words: &str, limit| Look { name: sample.filled_into(words), limit };
    let others = OTHERS.iter().map(|(words, limit)| (look(words, *limit), true));
    let feeds = FEEDS.iter().map(|words| (look(words, Some(LOOK_UP)), false));
    others.chain(feeds).collect()
}

/// Returns the paths that are no lists of the API.
pub(crate) fn paths(sample: &Sample) -> Vec<Look> {
    PATHS
        .iter()
        .map(|(path, limit)| Look { name: sample.filled_into(path), limit: *limit })
        .collect()
}

/// Returns the filter of a command as the parameters of a URL.
pub(crate) fn parameters(filter: &str) -> String {
    let mut parameters: Vec<String> = Vec::new();
    for word in filter.split(' ').filter(|word| !word.is_empty()) {
        match word.strip_prefix("--") {
            Some(name) => parameters.push(format!("{}=true", name.replace('-', "_"))),
            None => {
                let last = parameters.last_mut().unwrap();
                *last = format!("{}={word}", last.trim_end_matches("=true"));
            }
        }
    }
    parameters.join("&")
}

impl Sample {
    /// Returns the words with the numbers of the sample.
    pub(crate) fn filled_into(&self, words: &str) -> String {
        [
            ("{refund}", self.refund_id.as_str()),
            ("{beginning}", &self.refund_id[..self.refund_id.len() - 3]),
            ("{merchant}", &self.merchant_refund_id),
            ("{provider}", &self.provider_refund_id),
            ("{order}", &self.order),
            ("{payment}", &self.payment),
            ("{recorded}", &self.recorded),
            ("{refused}", &self.refused),
            ("{client}", &self.client),
            ("{key}", &self.rare_key),
            ("{seq}", &self.seq),
            ("{middle}", &self.middle),
            ("{later}", &self.month_later),
        ]
        .iter()
        .fold(words.to_owned(), |words, (name, value)| words.replace(name, value))
    }
}
