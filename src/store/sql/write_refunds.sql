-- The last statement of a recording transaction: events with their place in the feed, and the
-- refunds they make or change. The caller holds the feed's lock, so `seq` order is commit order.
--
-- $1 new events, $2 new refunds, $3 refunds that are there, all as JSON arrays of rows.
-- Returns how many events and refunds were written, to be compared with how many were meant.
with numbered as materialized (
    select nextval('refund_inbox.refund_events_seq') as next_seq, given.*
    from jsonb_populate_recordset(null::refund_inbox.refund_events, $1) as given
),
newest as (
    select refund_id, max(next_seq) as last_seq from numbered group by refund_id
),
new_refunds as (
    insert into refund_inbox.refunds (
        refund_id, provider, account, refund_key, merchant_refund_id, status, provider_status,
        conflicting, authenticity, currency, currency_exponent, flags, cumulative_within, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal,
        order_amount_minor, order_refunded_minor, fee_refunded_minor, payer_amount_minor,
        settlement_amount_minor, discount_amount_minor, channel, receiving_account, reason,
        failure_code, failure_message, settlement_status, settled_at, provider_created_at,
        completed_at, first_received_at, last_received_at, updated_at, delivery_count,
        event_count,
        last_seq
    )
    select
        given.refund_id, given.provider, given.account, given.refund_key,
        given.merchant_refund_id, given.status, given.provider_status, given.conflicting,
        given.authenticity, given.currency, given.currency_exponent, given.flags, given.cumulative_within,
        given.provider_refund_id, given.merchant_order_id, given.provider_payment_id,
        given.amount_minor, given.amount_literal, given.order_amount_minor,
        given.order_refunded_minor, given.fee_refunded_minor, given.payer_amount_minor,
        given.settlement_amount_minor, given.discount_amount_minor, given.channel,
        given.receiving_account, given.reason, given.failure_code, given.failure_message,
        given.settlement_status, given.settled_at, given.provider_created_at,
        given.completed_at, given.first_received_at, given.last_received_at, given.updated_at,
        given.delivery_count, given.event_count,
        newest.last_seq
    from jsonb_populate_recordset(null::refund_inbox.refunds, $2) as given
    join newest using (refund_id)
    -- Another instance may be first; then fewer come back than were meant, and all is done again.
    on conflict on constraint refund_identity do nothing
    returning refund_id
),
changed_refunds as (
    update refund_inbox.refunds as stored
    set (
        merchant_refund_id, status, provider_status, conflicting, authenticity, currency,
        currency_exponent, flags, cumulative_within, provider_refund_id, merchant_order_id, provider_payment_id,
        amount_minor, amount_literal, order_amount_minor, order_refunded_minor,
        fee_refunded_minor, payer_amount_minor, settlement_amount_minor, discount_amount_minor,
        channel, receiving_account, reason, failure_code, failure_message, settlement_status,
        settled_at, provider_created_at, completed_at, first_received_at, last_received_at,
        updated_at, delivery_count, event_count,
        last_seq
    ) = row (
        given.merchant_refund_id, given.status, given.provider_status, given.conflicting,
        given.authenticity, given.currency, given.currency_exponent, given.flags, given.cumulative_within,
        given.provider_refund_id, given.merchant_order_id, given.provider_payment_id,
        given.amount_minor, given.amount_literal, given.order_amount_minor,
        given.order_refunded_minor, given.fee_refunded_minor, given.payer_amount_minor,
        given.settlement_amount_minor, given.discount_amount_minor, given.channel,
        given.receiving_account, given.reason, given.failure_code, given.failure_message,
        given.settlement_status, given.settled_at, given.provider_created_at,
        given.completed_at, given.first_received_at, given.last_received_at, given.updated_at,
        given.delivery_count, given.event_count,
        coalesce(newest.last_seq, stored.last_seq)
    )
    from jsonb_populate_recordset(null::refund_inbox.refunds, $3) as given
    left join newest using (refund_id)
    where stored.refund_id = given.refund_id
    returning stored.refund_id
),
new_events as (
    insert into refund_inbox.refund_events (
        seq,
        event_id, refund_id, digest, delivery_id, provider, account, refund_key,
        merchant_refund_id, status, provider_status, effect, authenticity, currency,
        currency_exponent, flags, cumulative_within, occurred_at, received_at, payload, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal,
        order_amount_minor, order_refunded_minor, fee_refunded_minor, payer_amount_minor,
        settlement_amount_minor, discount_amount_minor, channel, receiving_account, reason,
        failure_code, failure_message, settlement_status, settled_at, provider_created_at,
        completed_at
    )
    select
        next_seq,
        event_id, refund_id, digest, delivery_id, provider, account, refund_key,
        merchant_refund_id, status, provider_status, effect, authenticity, currency,
        currency_exponent, flags, cumulative_within, occurred_at, received_at, payload, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal,
        order_amount_minor, order_refunded_minor, fee_refunded_minor, payer_amount_minor,
        settlement_amount_minor, discount_amount_minor, channel, receiving_account, reason,
        failure_code, failure_message, settlement_status, settled_at, provider_created_at,
        completed_at
    from numbered
    -- None for a refund that another instance made first: those events have another refund_id.
    where refund_id in (
        select refund_id from new_refunds union all select refund_id from changed_refunds
    )
    returning seq
)
select
    (select count(*) from new_events),
    (select count(*) from new_refunds),
    (select count(*) from changed_refunds)
