//! Refunds of service providers that an earlier version stored without telling their merchants
//! apart.

use super::earlier::of_the_earlier_version;
use super::*;

/// Stores a refund and its events as the earlier version stored them. Each event comes with its
/// payload and the body of its delivery.
async fn store_refund(database: &Database, number: &str, events: &[(&str, &str)]) {
    let (refund, at) = (new_id(NOW), NOW.unix_timestamp());
    let columns = "provider, account, refund_key, merchant_refund_id, status, provider_status,
        authenticity, currency, currency_exponent, flags";
    let values = format!(
        "'wechatpay', 'cn', '{number}', '{number}', 'succeeded', 'SUCCESS', 'verified', 'CNY', 2, '{{}}'"
    );
    let count = events.len();
    let last_seq =
        format!("coalesce((select max(seq) from refund_inbox.refund_events), 0) + {count}");
    database
        .execute(&format!(
            "insert into refund_inbox.refunds (refund_id, first_received_at, last_received_at,
                updated_at, delivery_count, event_count, last_seq, conflicting, {columns})
             values ('{refund}', to_timestamp({at}), to_timestamp({at}), to_timestamp({at}), {count},
                {count}, {last_seq}, false, {values})"
        ))
        .await;
    for (payload, body) in events {
        let (delivery, event) = (new_id(NOW), new_id(NOW));
        let hex = HEXLOWER.encode(body.as_bytes());
        database
            .execute(&format!(
                "insert into refund_inbox.deliveries (delivery_id, received_at, provider, account,
                    verdict, key_id, signature_form, event_ids, path_and_query, headers, body,
                    body_sha256, body_bytes, response_status, response_body)
                 values ('{delivery}', to_timestamp({at}), 'wechatpay', 'cn', 'recorded', 'k', 'f',
                    array['{event}']::uuid[], '/', '[]', '\\x{hex}', sha256('\\x{hex}'), {}, 200, '')",
                body.len()
            ))
            .await;
        database
            .execute(&format!(
                "insert into refund_inbox.refund_events (seq, event_id, refund_id, digest,
                    delivery_id, effect, payer_amount_minor, received_at, payload, {columns})
                 values (coalesce((select max(seq) from refund_inbox.refund_events), 0) + 1,
                    '{event}', '{refund}', sha256('\\x{hex}'), '{delivery}', 'changed', 7,
                    to_timestamp({at}), '{payload}', {values})"
            ))
            .await;
    }
}

#[tokio::test]
async fn an_upgrade_gives_each_refund_of_a_service_provider_its_merchant() {
    let database = of_the_earlier_version().await;
    let named = |number: &str| format!(r#"{{"sub_mchid":"{number}"}}"#);
    let v2 = "<xml><sub_mch_id><![CDATA[1900000222]]></sub_mch_id></xml>";
    store_refund(&database, "R1", &[(&named("1900000111"), "{}")]).await;
    store_refund(&database, "R2", &[("{}", v2)]).await;
    store_refund(&database, "R3", &[("{}", "{ }")]).await;
    let two = [(&*named("1900000111"), "{  }"), (&*named("1900000222"), "{   }")];
    store_refund(&database, "R4", &two).await;
    let global = r#"{"amount":{"payer_currency":"CNY"}}"#;
    let abroad = r#"{"amount":{"payer_currency":"HKD"}}"#;
    store_refund(&database, "R5", &[(global, "{    }")]).await;
    store_refund(&database, "R6", &[(abroad, "{     }")]).await;

    store_of(&database).migrate(NOW.date()).await.unwrap();

    let keys = "select merchant_refund_id, refund_key, sub_merchant, flags
        from refund_inbox.refunds order by merchant_refund_id";
    let found: Vec<_> = database
        .rows(keys)
        .await
        .into_iter()
        .map(|row| json!([row["refund_key"], row["sub_merchant"], row["flags"]]))
        .collect();
    assert_eq!(
        found,
        [
            json!(["1900000111/R1", "1900000111", []]),
            json!(["1900000222/R2", "1900000222", []]),
            json!(["R3", null, []]),
            // One row holds two refunds. It stays, and a person must look.
            json!(["R4", "1900000111", ["identities_disagree"]]),
            json!(["R5", null, []]),
            json!(["R6", null, []]),
        ]
    );
    let events = "select refund_key, sub_merchant, payer_amount_minor
        from refund_inbox.refund_events order by seq";
    let found: Vec<_> = database
        .rows(events)
        .await
        .into_iter()
        .map(|row| json!([row["refund_key"], row["sub_merchant"], row["payer_amount_minor"]]))
        .collect();
    assert_eq!(
        found,
        [
            json!(["1900000111/R1", "1900000111", 7]),
            json!(["1900000222/R2", "1900000222", 7]),
            json!(["R3", null, 7]),
            json!(["R4", "1900000111", 7]),
            json!(["R4", "1900000222", 7]),
            json!(["R5", null, 7]),
            // What the payer got was in another currency.
            json!(["R6", null, null]),
        ]
    );
    let attention = "select merchant_refund_id from refunds_v1.refunds where needs_attention";
    assert_eq!(database.row(attention).await["merchant_refund_id"], "R4");
}
