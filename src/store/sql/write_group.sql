-- Everything that a group writes, in one statement: deliveries, events with their place in the
-- feed, refunds. One array for each column.
--
-- Events are numbered under a lock that is held until the commit, so `seq` order is commit order.
-- It is taken when the deliveries are in: what is long is done before, and others wait less.

with given_deliveries as (
    select * from unnest(
        $1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::bytea[],
        $15::integer[], $16::smallint[], $17::text[], $18::uuid[]
    ) as given (
        delivery_id, received_at, provider, account, verdict, reason, key_id, signature_form,
        event_ids, peer, path_and_query, headers, body, body_sha256, body_bytes, response_status,
        response_body, replayed_from
    )
),
written_deliveries as (
    insert into refund_inbox.deliveries (
        delivery_id, received_at, provider, account, verdict, reason, key_id, signature_form,
        event_ids, peer, path_and_query, headers, body, body_sha256, body_bytes, response_status,
        response_body, replayed_from
    )
    select
        delivery_id, received_at, provider, account, verdict, reason, key_id, signature_form,
        event_ids::uuid[], peer, path_and_query, headers::jsonb, body, body_sha256, body_bytes,
        response_status, response_body, replayed_from
    from given_deliveries
    returning 1
),
feed_lock as materialized (
    select
        pg_advisory_xact_lock(7301946318027152),
        pg_notify('refund_inbox_feed', '')
    from (select count(*) from written_deliveries) as written
    where cardinality($19::uuid[]) > 0
),
-- Nobody else takes a number while the lock is held, so the group's numbers have no gap.
feed as materialized (
    select setval(
        'refund_inbox.refund_events_seq',
        nextval('refund_inbox.refund_events_seq') + cardinality($19::uuid[]) - 1
    ) - cardinality($19::uuid[]) as last_seq
    from feed_lock
),
written_events as (
    insert into refund_inbox.refund_events (
        seq,
        event_id, refund_id, digest, delivery_id, provider, account, effect, received_at,
        refund_key, merchant_refund_id, status, provider_status, authenticity, currency,
        currency_exponent, occurred_at, cumulative_within, flags, payload, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal, order_amount_minor,
        order_refunded_minor, fee_refunded_minor, payer_amount_minor, settlement_amount_minor,
        discount_amount_minor, channel, receiving_account, reason, failure_code, failure_message,
        settlement_status, settled_at, provider_created_at, completed_at
    )
    select
        feed.last_seq + place,
        event_id, refund_id, digest, delivery_id, provider, account, effect, received_at,
        refund_key, merchant_refund_id, status, provider_status, authenticity, currency,
        currency_exponent, occurred_at, cumulative_within, flags::text[], payload::jsonb,
        provider_refund_id, merchant_order_id, provider_payment_id, amount_minor, amount_literal,
        order_amount_minor, order_refunded_minor, fee_refunded_minor, payer_amount_minor,
        settlement_amount_minor, discount_amount_minor, channel, receiving_account, reason,
        failure_code, failure_message, settlement_status, settled_at, provider_created_at,
        completed_at
    from feed
    cross join unnest(
        $19::uuid[], $20::uuid[], $21::bytea[], $22::uuid[], $23::text[], $24::text[],
        $25::text[], $26::timestamptz[], $27::text[], $28::text[], $29::text[], $30::text[],
        $31::text[], $32::text[], $33::smallint[], $34::timestamptz[], $35::text[], $36::text[],
        $37::text[], $38::text[], $39::text[], $40::text[], $41::bigint[], $42::text[],
        $43::bigint[], $44::bigint[], $45::bigint[], $46::bigint[], $47::bigint[], $48::bigint[],
        $49::text[], $50::text[], $51::text[], $52::text[], $53::text[], $54::text[],
        $55::timestamptz[], $56::timestamptz[], $57::timestamptz[]
    ) with ordinality as given (
        event_id, refund_id, digest, delivery_id, provider, account, effect, received_at,
        refund_key, merchant_refund_id, status, provider_status, authenticity, currency,
        currency_exponent, occurred_at, cumulative_within, flags, payload, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal, order_amount_minor,
        order_refunded_minor, fee_refunded_minor, payer_amount_minor, settlement_amount_minor,
        discount_amount_minor, channel, receiving_account, reason, failure_code, failure_message,
        settlement_status, settled_at, provider_created_at, completed_at, place
    )
    returning 1
),
given_refunds as materialized (
    select given.*, feed.last_seq + newest_event as last_seq
    from unnest(
        $58::boolean[], $59::integer[], $60::uuid[], $61::text[], $62::text[], $63::text[],
        $64::timestamptz[], $65::timestamptz[], $66::timestamptz[], $67::integer[],
        $68::integer[], $69::text[], $70::text[], $71::text[], $72::boolean[], $73::text[],
        $74::text[], $75::smallint[], $76::text[], $77::text[], $78::text[], $79::text[],
        $80::text[], $81::bigint[], $82::text[], $83::bigint[], $84::bigint[], $85::bigint[],
        $86::bigint[], $87::bigint[], $88::bigint[], $89::text[], $90::text[], $91::text[],
        $92::text[], $93::text[], $94::text[], $95::timestamptz[], $96::timestamptz[],
        $97::timestamptz[]
    ) as given (
        is_stored, newest_event, refund_id, provider, account, refund_key, first_received_at,
        last_received_at, updated_at, delivery_count, event_count, merchant_refund_id, status,
        provider_status, conflicting, authenticity, currency, currency_exponent,
        cumulative_within, flags, provider_refund_id, merchant_order_id, provider_payment_id,
        amount_minor, amount_literal, order_amount_minor, order_refunded_minor,
        fee_refunded_minor, payer_amount_minor, settlement_amount_minor, discount_amount_minor,
        channel, receiving_account, reason, failure_code, failure_message, settlement_status,
        settled_at, provider_created_at, completed_at
    )
    left join feed on true
),
new_refunds as (
    insert into refund_inbox.refunds (
        refund_id, provider, account, refund_key, first_received_at, last_received_at, updated_at,
        delivery_count, event_count, merchant_refund_id, status, provider_status, conflicting,
        authenticity, currency, currency_exponent, cumulative_within, flags, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal, order_amount_minor,
        order_refunded_minor, fee_refunded_minor, payer_amount_minor, settlement_amount_minor,
        discount_amount_minor, channel, receiving_account, reason, failure_code, failure_message,
        settlement_status, settled_at, provider_created_at, completed_at, last_seq
    )
    select
        refund_id, provider, account, refund_key, first_received_at, last_received_at, updated_at,
        delivery_count, event_count, merchant_refund_id, status, provider_status, conflicting,
        authenticity, currency, currency_exponent, cumulative_within, flags::text[],
        provider_refund_id, merchant_order_id, provider_payment_id, amount_minor, amount_literal,
        order_amount_minor, order_refunded_minor, fee_refunded_minor, payer_amount_minor,
        settlement_amount_minor, discount_amount_minor, channel, receiving_account, reason,
        failure_code, failure_message, settlement_status, settled_at, provider_created_at,
        completed_at, last_seq
    from given_refunds
    where not is_stored
    -- Another instance may be first; then fewer are written than were meant, and all is done again.
    on conflict on constraint refund_identity do nothing
    returning 1
),
changed_refunds as (
    update refund_inbox.refunds as stored
    set (
        first_received_at, last_received_at, updated_at, delivery_count, event_count,
        merchant_refund_id, status, provider_status, conflicting, authenticity, currency,
        currency_exponent, cumulative_within, flags, provider_refund_id, merchant_order_id,
        provider_payment_id, amount_minor, amount_literal, order_amount_minor,
        order_refunded_minor, fee_refunded_minor, payer_amount_minor, settlement_amount_minor,
        discount_amount_minor, channel, receiving_account, reason, failure_code, failure_message,
        settlement_status, settled_at, provider_created_at, completed_at, last_seq
    ) = row (
        given.first_received_at, given.last_received_at, given.updated_at, given.delivery_count,
        given.event_count, given.merchant_refund_id, given.status, given.provider_status,
        given.conflicting, given.authenticity, given.currency, given.currency_exponent,
        given.cumulative_within, given.flags::text[], given.provider_refund_id,
        given.merchant_order_id, given.provider_payment_id, given.amount_minor,
        given.amount_literal, given.order_amount_minor, given.order_refunded_minor,
        given.fee_refunded_minor, given.payer_amount_minor, given.settlement_amount_minor,
        given.discount_amount_minor, given.channel, given.receiving_account, given.reason,
        given.failure_code, given.failure_message, given.settlement_status, given.settled_at,
        given.provider_created_at, given.completed_at,
        coalesce(given.last_seq, stored.last_seq)
    )
    from given_refunds as given
    where given.is_stored and stored.refund_id = given.refund_id
    returning 1
)
select
    (select count(*) from written_deliveries) as deliveries,
    (select count(*) from written_events) as events,
    (select count(*) from changed_refunds) as changed_refunds,
    refund_inbox.expect_new_refunds(
        written => (select count(*) from new_refunds),
        meant => (select count(*) from given_refunds where not is_stored)
    )
