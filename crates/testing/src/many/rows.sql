-- Writes $refunds refunds with one or two events and about five deliveries each, and refused
-- deliveries and replays beside them. All were received in the ninety days before $end. The content
-- of each row follows from its number, so every run writes the same rows; many values occur once, and
-- some are missing.

create function pg_temp.id(at timestamptz, kind text, number bigint) returns uuid
language sql immutable as $f$
    select (
        lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
        || '7' || lpad(to_hex(number % 4096), 3, '0')
        || '8' || substr(md5(kind || number::text), 1, 15)
    )::uuid
$f$;
-- A number from 0 to below `below`, which looks random.
create function pg_temp.pick(number bigint, what text, below integer) returns integer
language sql immutable as $f$
    select (('x' || substr(md5(what || number::text), 1, 7))::bit(28)::integer % below)
$f$;

insert into refund_inbox.refunds (
    refund_id, provider, account, refund_key, merchant_refund_id, provider_refund_id,
    merchant_order_id, provider_payment_id, status, provider_status, conflicting, authenticity,
    amount_minor, currency, currency_exponent, completed_at, flags, needs_attention,
    first_received_at, last_received_at, updated_at, delivery_count, event_count, last_seq
)
select
    pg_temp.id(at, 'refund', i), account.provider, account.name, 'R' || i, 'R' || i,
    case when pg_temp.pick(i, 'p', 3) > 0 then 'P' || i end,
    case when pg_temp.pick(i, 'o', 9) > 0 then 'O' || i / 2 end,
    case when pg_temp.pick(i, 't', 9) > 0 then 'T' || i / 3 end,
    status.word, upper(status.word), pg_temp.pick(i, 'c', 50) = 0, 'verified',
    case when currency.code is not null then pg_temp.pick(i, 'm', 1000000) end,
    currency.code, currency.exponent,
    case when status.is_final then at - interval '3 minutes' end,
    case pg_temp.pick(i, 'f', 50)
        when 0 then array['fields_unread']
        when 1 then array['amount_missing', 'reopened']
        else array[]::text[]
    end,
    pg_temp.pick(i, 'c', 50) = 0 or pg_temp.pick(i, 'f', 50) = 1,
    at, at + interval '2 hours', at + pg_temp.pick(i, 'u', 120) * interval '1 minute',
    5, 1 + pg_temp.pick(i, 'e', 2), i
from generate_series(1, $refunds) as i
-- Three in each moment, over about three months.
cross join lateral (
    select $end - (i / 3) * (interval '90 days' * 3 / $refunds) as at
) as moment
cross join lateral (
    select * from (values
        (0, 'hk', 'eftpay'), (1, 'hk', 'eftpay'), (2, 'ph', 'paycools'), (3, 'cn', 'wechatpay')
    ) as account (place, name, provider) where place = pg_temp.pick(i, 'a', 4)
) as account
cross join lateral (
    select * from (values
        (0, 'pending', false), (1, 'failed', true), (2, 'unknown', false), (3, 'canceled', true),
        (4, 'requires_action', false)
    ) as status (place, word, is_final) where place = pg_temp.pick(i, 's', 60)
    union all
    select 5, 'succeeded', true where pg_temp.pick(i, 's', 60) > 4
) as status
cross join lateral (
    select * from (values
        (0, 'HKD', 2), (1, 'JPY', 0), (2, 'KWD', 3), (3, null, null), (4, 'PHP', 2)
    ) as currency (place, code, exponent) where place = pg_temp.pick(i, 'k', 5)
) as currency;

insert into refund_inbox.refund_events (
    seq, event_id, refund_id, digest, delivery_id, provider, account, refund_key,
    merchant_refund_id, status, provider_status, effect, authenticity, amount_minor, currency,
    currency_exponent, flags, received_at, recorded_at, payload, unread_fields, unread_facts,
    previous_seq, refund_after
)
select
    (select last_value from refund_inbox.refund_events_seq) + number,
    pg_temp.id(received_at, 'event', number), refund_id, sha256(convert_to(number::text, 'UTF8')),
    pg_temp.id(received_at, 'delivery', number), provider, account, refund_key, merchant_refund_id,
    status, provider_status, 'changed', authenticity, amount_minor, currency, currency_exponent,
    flags, received_at, received_at, '{}', '{}', '{}',
    (select last_value from refund_inbox.refund_events_seq) + previous,
    case when event > 0 then jsonb_build_object(
        'first_received_at', first_received_at, 'event_count', event + 1, 'delivery_count', 5
    ) end
from (
    select numbered.*, lag(number) over (partition by refund_id order by event) as previous
    from (
        select refund.*, event,
            row_number() over (order by first_received_at, refund_id, event) as number,
            first_received_at + event * interval '1 minute' as received_at
        from refund_inbox.refunds as refund
        cross join lateral generate_series(0, event_count - 1) as event
    ) as numbered
) as ordered;
select setval('refund_inbox.refund_events_seq', greatest(1, (select max(seq) from refund_inbox.refund_events)));
update refund_inbox.refunds as refund set last_seq = newest.seq
from (
    select refund_id, max(seq) as seq from refund_inbox.refund_events group by refund_id
) as newest
where newest.refund_id = refund.refund_id;

-- The deliveries of each event: the first one, and repeats of it.
insert into refund_inbox.deliveries (
    delivery_id, received_at, provider, account, verdict, reason, key_id, event_ids, peer,
    path_and_query, headers, body, body_sha256, body_bytes, response_status, response_body
)
select
    case when repeat = 0 then delivery_id else pg_temp.id(at, 'repeat', seq * 3 + repeat) end, at, provider,
    account, case when repeat = 0 then 'recorded' else 'duplicate' end, null,
    case when pg_temp.pick(seq, 'y', 1000) = 0 then 'key-' || seq else 'key-' || account end,
    case when pg_temp.pick(seq, 'b', 100) = 0 then array[gen_random_uuid(), event_id]
        else array[event_id] end,
    -- A provider has few addresses, and somebody else's is rare.
    case when pg_temp.pick(seq, 'i', 50) > 0 then '10.0.0.' || pg_temp.pick(seq, 'j', 20)
        else '10.' || pg_temp.pick(seq, 'k', 200) || '.' || pg_temp.pick(seq, 'l', 200) || '.1' end,
    '/notify/' || provider || '/' || account, '[["content-type", "application/json"]]',
    convert_to(repeat('{"refund":"' || merchant_refund_id || '"}', 4), 'UTF8'),
    decode(repeat('ab', 32), 'hex'), 80, 200, 'success'
from refund_inbox.refund_events as event
cross join generate_series(0, 2) as repeat
cross join lateral (
    select received_at + repeat * interval '7 minutes' as at
) as moment;

-- What is not about a refund, and what waits for repair.
insert into refund_inbox.deliveries (
    delivery_id, received_at, provider, account, verdict, reason, key_id, event_ids, peer,
    path_and_query, headers, body, body_sha256, body_bytes, response_status, response_body
)
select pg_temp.id(at, 'other', i), at, 'eftpay', 'hk',
    case when i % 40 = 0 then 'unreadable' else 'ignored' end,
    case when i % 40 = 0 then 'missing_field:f' || i % 3
        when i % 3 = 0 then 'payment' end,
    'key-hk', '{}', '10.0.0.1', '/notify/eftpay/hk', '[]', '\x7b7d', decode(repeat('cd', 32), 'hex'),
    2, 200, 'success'
from generate_series(1, $refunds / 2) as i
cross join lateral (
    select $end - i * (interval '90 days' * 2 / $refunds) as at
) as moment;

insert into refund_inbox.refused_deliveries (
    delivery_id, received_at, provider, account, reason, peer, path_and_query, headers, body,
    body_sha256, body_bytes, response_status, response_body, kept_bytes
)
select pg_temp.id(at, 'refused', i), at, account.provider, account.name,
    (array['signature_mismatch', 'stale', 'unknown_key', 'too_large'])[1 + i % 4],
    '192.0.2.' || i % 50, '/notify/' || account.provider || '/' || account.name, '[]', '\x7b7d',
    decode(repeat('ef', 32), 'hex'), 2, 401, 'fail', 100
from generate_series(1, least($refunds / 10, 10000)) as i
cross join lateral (
    select $end - i * interval '11 minutes' as at
) as moment
cross join lateral (
    select * from (values (0, 'hk', 'eftpay'), (1, 'ph', 'paycools')) as account (place, name, provider)
    where place = i % 2
) as account;

-- Some of what waited was replayed.
with replayed as (
    select *, pg_temp.id($end + interval '1 hour', 'replay', row_number() over (order by delivery_id)) as by
    from refund_inbox.deliveries
    where verdict = 'unreadable' and reason = 'missing_field:f0'
), written as (
    insert into refund_inbox.deliveries (
        delivery_id, received_at, provider, account, verdict, key_id, event_ids, peer,
        path_and_query, headers, body, body_sha256, body_bytes, response_status, response_body,
        replayed_from
    )
    select by, received_at, provider, account, 'recorded', key_id,
        array[(select event_id from refund_inbox.refund_events order by seq limit 1)], peer,
        path_and_query, headers, body, body_sha256, body_bytes, 0, '', delivery_id
    from replayed
)
insert into refund_inbox.replays (replayed_from, delivery_id, replayed_at)
select delivery_id, by, $end + interval '1 hour' from replayed;

analyze refund_inbox.refunds, refund_inbox.refund_events, refund_inbox.deliveries,
    refund_inbox.refused_deliveries, refund_inbox.replays;
