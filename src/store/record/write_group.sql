-- Everything that a group writes, in one statement: deliveries, events with their place in the
-- feed, refunds.
--
-- $1 deliveries, $2 new events, $3 refunds; each an array of rows.
--
-- Events are numbered under a lock that is held until the commit, so `seq` order is commit order.
-- It is taken when the deliveries are in: what is long is done before, and others wait less.

-- Where a refund that was taken for new is stored already nothing is written, and `is_written` says
-- so.
with gate as materialized (
    select not exists (
        select
        from unnest($3::refund_inbox.refund_row[]) as given
        join refund_inbox.refunds as stored using (account, refund_key)
        where not given.is_stored
    ) as is_open
),
written_deliveries as (
    insert into refund_inbox.deliveries (
        delivery_id, received_at, provider, account, verdict, reason, key_id, signature_form,
        event_ids, peer, path_and_query, headers, body, body_sha256, body_bytes, response_status,
        response_body, replayed_from
    )
    select
        delivery_id, received_at, provider, account, verdict, reason, key_id, signature_form,
        event_ids, peer, path_and_query, headers, body, body_sha256, body_bytes, response_status,
        response_body, replayed_from
    from gate
    cross join unnest($1::refund_inbox.delivery_row[])
    where gate.is_open
    returning 1
),
feed_lock as materialized (
    select
        pg_advisory_xact_lock(7301946318027152),
        -- A listener that is stuck must not stop us: when the server's queue of notifications is
        -- full, a commit with one fails. The feed is right without them.
        case when pg_notification_queue_usage() < 0.5 then pg_notify('refund_inbox_feed', '') end
    from gate
    cross join (select count(*) from written_deliveries) as written
    where gate.is_open and cardinality($2::refund_inbox.event_row[]) > 0
),
-- Nobody else takes a number while the lock is held, so the group's numbers have no gap.
feed as materialized (
    select setval(
        'refund_inbox.refund_events_seq',
        nextval('refund_inbox.refund_events_seq') + cardinality($2) - 1
    ) - cardinality($2) as last_seq
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
        feed.last_seq + ordinality,
        event_id, refund_id, digest, delivery_id, provider, account, effect, received_at,
        refund_key, merchant_refund_id, status, provider_status, authenticity, currency,
        currency_exponent, occurred_at, cumulative_within, flags, payload, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal, order_amount_minor,
        order_refunded_minor, fee_refunded_minor, payer_amount_minor, settlement_amount_minor,
        discount_amount_minor, channel, receiving_account, reason, failure_code, failure_message,
        settlement_status, settled_at, provider_created_at, completed_at
    from feed
    cross join unnest($2) with ordinality
    returning 1
),
refund_rows as materialized (
    select given.*, feed.last_seq + newest_event as last_seq
    from gate
    cross join unnest($3) as given
    left join feed on true
    where gate.is_open
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
        authenticity, currency, currency_exponent, cumulative_within, flags, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal, order_amount_minor,
        order_refunded_minor, fee_refunded_minor, payer_amount_minor, settlement_amount_minor,
        discount_amount_minor, channel, receiving_account, reason, failure_code, failure_message,
        settlement_status, settled_at, provider_created_at, completed_at, last_seq
    from refund_rows
    where not is_stored
    -- Another instance may be first, after we looked; then fewer are written than were meant, and
    -- all is done again.
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
        given.cumulative_within, given.flags, given.provider_refund_id, given.merchant_order_id,
        given.provider_payment_id, given.amount_minor, given.amount_literal,
        given.order_amount_minor, given.order_refunded_minor, given.fee_refunded_minor,
        given.payer_amount_minor, given.settlement_amount_minor, given.discount_amount_minor,
        given.channel, given.receiving_account, given.reason, given.failure_code,
        given.failure_message, given.settlement_status, given.settled_at,
        given.provider_created_at, given.completed_at,
        coalesce(given.last_seq, stored.last_seq)
    )
    from refund_rows as given
    where given.is_stored and stored.refund_id = given.refund_id
    returning 1
)
select
    (select is_open from gate) as is_written,
    (select count(*) from written_deliveries) as deliveries,
    (select count(*) from written_events) as events,
    (select count(*) from changed_refunds) as changed_refunds,
    refund_inbox.expect_new_refunds(
        written => (select count(*) from new_refunds),
        meant => (select count(*) from refund_rows where not is_stored)
    )
