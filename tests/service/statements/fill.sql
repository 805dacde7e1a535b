-- Stores {many} refunds, each with an event and a delivery, and kept deliveries in proportion. Their
-- numbers follow those of the refunds that are stored already.
create temporary table made as
select
    number,
    received_at,
    digits,
    (time || '7' || substr(digits, 1, 3) || '8' || substr(digits, 4, 15))::uuid as refund_id,
    (time || '7' || substr(digits, 2, 3) || '9' || substr(digits, 5, 15))::uuid as event_id,
    (time || '7' || substr(digits, 3, 3) || 'a' || substr(digits, 6, 15))::uuid as delivery_id
from (
    select
        number,
        timestamptz '2026-11-01 00:00Z' + interval '20 days' * number / (stored + {many}) as received_at,
        md5(number::text) as digits
    from (select count(*) as stored from refund_inbox.refunds) as there
    cross join generate_series(stored + 1, stored + {many}) as number
) as numbered
cross join lateral (
    select lpad(to_hex((extract(epoch from received_at) * 1000)::bigint), 12, '0') as time
) as begun;

insert into refund_inbox.refunds (
    refund_id, provider, account, refund_key, merchant_refund_id, provider_refund_id, status,
    provider_status, conflicting, needs_attention, authenticity, amount_minor, currency,
    currency_exponent, flags, cumulative_within, first_received_at, last_received_at, updated_at,
    delivery_count, event_count, last_seq
)
select
    refund_id, 'eftpay', 'hk', 'stored-' || digits, 'stored-' || digits, 'provider-' || digits,
    case when number % 100 = 1 then 'pending' else 'succeeded' end, 'TRADE_REFUND',
    number % 200 = 0, number % 100 = 0, 'verified', 100, 'HKD', 2, '{}',
    case when number % 3 = 0 then 'order-' || digits end, received_at, received_at, received_at, 1,
    1, number
from made;

insert into refund_inbox.used_tokens (account, token_sha256, body_sha256, first_received_at)
select 'hk', decode(digits || digits, 'hex'), decode(digits || digits, 'hex'), received_at
from made;

insert into refund_inbox.refund_events (
    seq, recorded_at, event_id, refund_id, digest, delivery_id, provider, account, source, effect,
    received_at, refund_key, merchant_refund_id, provider_refund_id, status, provider_status,
    authenticity, amount_minor, currency, currency_exponent, flags, unread_fields, unread_facts,
    payload
)
select
    nextval('refund_inbox.refund_events_seq'), received_at, event_id, refund_id,
    decode(digits || digits, 'hex'), delivery_id, 'eftpay', 'hk', 'notification', 'changed',
    received_at, 'stored-' || digits, 'stored-' || digits, 'provider-' || digits, 'succeeded',
    'TRADE_REFUND', 'verified', 100, 'HKD', 2, '{}', '{}', '{}',
    jsonb_build_object('digits', digits, 'filler', repeat('x', 300))
from made;

insert into refund_inbox.deliveries (
    delivery_id, received_at, provider, account, verdict, reason, key_id, signature_form, event_ids,
    peer, path_and_query, headers, body, body_sha256, body_bytes, response_status, response_body
)
select
    delivery_id, received_at, 'eftpay', 'hk',
    case when number % 50 = 0 then 'unreadable' else 'recorded' end,
    case when number % 50 = 0 then 'identity' end, 'key', 'plain', array[event_id], '127.0.0.1',
    '/notify/eftpay/hk', '[["content-type", "application/json"]]', convert_to(repeat('x', 500), 'utf8'),
    decode(digits || digits, 'hex'), 500, 200, 'SUCCESS'
from made;

insert into refund_inbox.refused_deliveries (
    delivery_id, received_at, provider, account, reason, peer, path_and_query, headers, body,
    body_sha256, body_bytes, response_status, response_body, kept_bytes
)
select
    event_id, received_at, 'eftpay', 'hk', 'signature', '127.0.0.1', '/notify/eftpay/hk', '[]',
    convert_to(repeat('x', 500), 'utf8'), decode(digits || digits, 'hex'), 500, 401, 'FAIL', 600
from made
where number % 10 = 0;

insert into refund_inbox.quarantine_usage (account, deliveries, bytes)
select account, count(*), sum(kept_bytes) from refund_inbox.refused_deliveries group by account
on conflict (account) do update set deliveries = excluded.deliveries, bytes = excluded.bytes;

insert into refund_inbox.replays (replayed_from, delivery_id, replayed_at)
select delivery_id, event_id, received_at from made where number % 100 = 0;

insert into refund_inbox.resolutions (resolution_id, refund_id, seq, resolved_at, who, via, note)
select event_id, refund_id, 1, received_at, 'somebody', 'test', 'all is well'
from made
where number % 400 = 0;

insert into refund_inbox.history_to_complete (refund_id, last_seq)
select refund_id, 1000000000 from made where number % 20 = 0;

drop table made;
