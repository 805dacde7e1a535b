-- Writes a whole group: the deliveries $1, the new events $2 and the new and changed refunds $3,
-- each an array of rows.
--
-- Events are numbered under a lock that is held until the commit, so that `seq` order is commit
-- order. The lock is taken after the deliveries are inserted: that is most of the work, and other
-- groups do not wait for it.

-- The gate is closed if a refund that the caller takes for new is stored already. Then the
-- statement writes nothing, and returns false as `is_written`.
with gate as materialized (
    select not exists (
        select
        from unnest($3::refund_inbox.refund_row_2[]) as refund
        -- The limit makes it one look-up for each refund, whatever the size of the table.
        cross join lateral (
            select
            from refund_inbox.refunds as stored
            where stored.account = refund.account and stored.refund_key = refund.refund_key
            limit 1
        ) as stored
        where not refund.is_stored
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
        event_ids, client_address as peer, path_and_query, headers, body, body_sha256, body_bytes,
        response_status, response_body, replayed_from
    from gate
    cross join unnest($1::refund_inbox.delivery_row[])
    where gate.is_open
    returning 1
),
feed_lock as materialized (
    select
        pg_advisory_xact_lock(7301946318027152),
        -- A commit with a notification fails if the server's queue of notifications is full. A
        -- listener that does not read must not cause that, and the feed is correct without
        -- notifications.
        case when pg_notification_queue_usage() < 0.5 then pg_notify('refund_inbox_feed', '') end
    from gate
    cross join (select count(*) from written_deliveries) as written
    where gate.is_open and cardinality($2::refund_inbox.event_row_3[]) > 0
),
-- No other group takes numbers while the lock is held, so the numbers of the group have no gap.
feed as materialized (
    select setval(
        'refund_inbox.refund_events_seq',
        nextval('refund_inbox.refund_events_seq') + cardinality($2) - 1
    ) - cardinality($2) as last_seq,
    -- Never before an earlier group's, even if the clock goes back.
    timestamptz 'epoch' + interval '1 microsecond' * setval(
        'refund_inbox.feed_clock',
        greatest(
            pg_sequence_last_value('refund_inbox.feed_clock'),
            (extract(epoch from clock_timestamp()) * 1000000)::bigint
        )
    ) as recorded_at
    from feed_lock
),
written_events as (
    insert into refund_inbox.refund_events (
        seq, recorded_at, previous_seq,
        event_id, refund_id, digest, delivery_id, provider, account, source, effect,
        received_at, refund_key, merchant_refund_id, status, provider_status, authenticity,
        currency, currency_exponent, occurred_at, kind_rank, cumulative_within, flags,
        unread_fields, unread_facts, payload, refund_after, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal, order_amount_minor,
        order_refunded_minor, fee_refunded_minor, payer_amount_minor, settlement_amount_minor,
        discount_amount_minor, channel, receiving_account, reason, failure_code, failure_message,
        settlement_status, settled_at, provider_created_at, completed_at, sub_merchant,
        merchant_reference
    )
    select
        feed.last_seq + ordinality,
        feed.recorded_at,
        coalesce(feed.last_seq + previous_event, previous_seq),
        event_id, refund_id, digest, delivery_id, provider, account, source, effect,
        received_at, refund_key, merchant_refund_id, status, provider_status, authenticity,
        currency, currency_exponent, occurred_at, kind_rank, cumulative_within, flags,
        unread_fields, unread_facts, payload, refund_after, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal, order_amount_minor,
        order_refunded_minor, fee_refunded_minor, payer_amount_minor, settlement_amount_minor,
        discount_amount_minor, channel, receiving_account, reason, failure_code, failure_message,
        settlement_status, settled_at, provider_created_at, completed_at, sub_merchant,
        merchant_reference
    from feed
    cross join unnest($2) with ordinality
    returning 1
),
refund_rows as materialized (
    select refund.*, feed.last_seq + newest_event as last_seq
    from gate
    cross join unnest($3) as refund
    left join feed on true
    where gate.is_open
),
new_refunds as (
    insert into refund_inbox.refunds (
        refund_id, provider, account, refund_key, first_received_at, last_received_at, updated_at,
        delivery_count, event_count, merchant_refund_id, status, provider_status, conflicting,
        needs_attention, authenticity, currency, currency_exponent, cumulative_within, flags,
        unread_fields, unread_facts, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal, order_amount_minor,
        order_refunded_minor, fee_refunded_minor, payer_amount_minor, settlement_amount_minor,
        discount_amount_minor, channel, receiving_account, reason, failure_code, failure_message,
        settlement_status, settled_at, provider_created_at, completed_at, sub_merchant,
        merchant_reference, last_seq
    )
    select
        refund_id, provider, account, refund_key, first_received_at, last_received_at, updated_at,
        delivery_count, event_count, merchant_refund_id, status, provider_status, conflicting,
        needs_attention, authenticity, currency, currency_exponent, cumulative_within, flags,
        unread_fields, unread_facts, provider_refund_id,
        merchant_order_id, provider_payment_id, amount_minor, amount_literal, order_amount_minor,
        order_refunded_minor, fee_refunded_minor, payer_amount_minor, settlement_amount_minor,
        discount_amount_minor, channel, receiving_account, reason, failure_code, failure_message,
        settlement_status, settled_at, provider_created_at, completed_at, sub_merchant,
        merchant_reference, last_seq
    from refund_rows
    where not is_stored
    -- Another instance may insert the same refund after the gate was checked. Then this statement
    -- inserts fewer refunds than expected, and the whole group is tried again.
    on conflict on constraint refund_identity do nothing
    returning 1
),
changed_refunds as (
    update refund_inbox.refunds as stored
    set (
        first_received_at, last_received_at, updated_at, delivery_count, event_count,
        merchant_refund_id, status, provider_status, conflicting, needs_attention, authenticity,
        currency, currency_exponent, cumulative_within, flags, unread_fields, unread_facts,
        provider_refund_id, merchant_order_id, provider_payment_id, amount_minor,
        amount_literal, order_amount_minor, order_refunded_minor, fee_refunded_minor,
        payer_amount_minor, settlement_amount_minor, discount_amount_minor, channel,
        receiving_account, reason, failure_code, failure_message, settlement_status, settled_at,
        provider_created_at, completed_at, sub_merchant,
        merchant_reference, last_seq
    ) = row (
        refund.first_received_at, refund.last_received_at, refund.updated_at,
        refund.delivery_count, refund.event_count, refund.merchant_refund_id, refund.status,
        refund.provider_status, refund.conflicting, refund.needs_attention, refund.authenticity,
        refund.currency, refund.currency_exponent, refund.cumulative_within, refund.flags,
        refund.unread_fields, refund.unread_facts, refund.provider_refund_id,
        refund.merchant_order_id, refund.provider_payment_id, refund.amount_minor,
        refund.amount_literal, refund.order_amount_minor, refund.order_refunded_minor,
        refund.fee_refunded_minor, refund.payer_amount_minor, refund.settlement_amount_minor,
        refund.discount_amount_minor, refund.channel, refund.receiving_account, refund.reason,
        refund.failure_code, refund.failure_message, refund.settlement_status,
        refund.settled_at, refund.provider_created_at, refund.completed_at, refund.sub_merchant,
        refund.merchant_reference,
        coalesce(refund.last_seq, stored.last_seq)
    )
    from refund_rows as refund
    where refund.is_stored and stored.refund_id = refund.refund_id
      -- Implied. It lets the server use the index, whatever the size of the table.
      and stored.refund_id = any (array(select refund_id from refund_rows where is_stored))
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
