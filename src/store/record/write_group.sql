-- Writes a whole group, after known_refunds.sql: the deliveries $7, the new events $8 and the new and
-- changed refunds $9, each an array of rows. The plan was made from the stored refunds $10 in their
-- versions $11, and from $12 stored tokens. If another group has changed one of these refunds since,
-- or has stored another one that this group affects, or one of its tokens, the statement writes
-- nothing and returns what is stored now. Then the caller plans anew.
--
-- Events are numbered under a lock that is held until the commit, so that `seq` order is commit
-- order. The lock is taken after the deliveries are inserted: that is most of the work, and other
-- groups do not wait for it.

-- Locked in one order, so that two groups cannot deadlock. If another group changes a row while this
-- statement waits for it, this is the changed row.
, locked as materialized (
    select refund_id, xmin::text::bigint as version
    from refund_inbox.refunds
    where refund_id = any ((select refund_ids from affected)::uuid[])
    order by refund_id
    for update
),
-- Open if the plan was made from all of these refunds as they are now. A token never changes.
gate as materialized (
    select coalesce(array_agg(refund_id), '{}') = $10::uuid[]
        and coalesce(array_agg(version), '{}') = $11::bigint[]
        and (select count(*) from known_tokens) = $12 as is_open
    from locked
),
-- Claims the tokens $14 of the accounts $13 for the bodies $15, received at $16. They come in one
-- order in all groups.
claimed_tokens as (
    insert into refund_inbox.used_tokens (account, token_sha256, body_sha256, first_received_at)
    select account, token_sha256, body_sha256, first_received_at
    from gate
    cross join unnest($13::text[], $14::bytea[], $15::bytea[], $16::timestamptz[])
        as claim (account, token_sha256, body_sha256, first_received_at)
    where gate.is_open
    returning 1
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
    -- Tokens before everything else, as in all groups.
    cross join (select count(*) from claimed_tokens) as claimed
    cross join unnest($7::refund_inbox.delivery_row[])
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
    where gate.is_open and cardinality($8::refund_inbox.event_row_3[]) > 0
),
-- No other group takes numbers while the lock is held, so the numbers of the group have no gap.
feed as materialized (
    select setval(
        'refund_inbox.refund_events_seq',
        nextval('refund_inbox.refund_events_seq') + cardinality($8) - 1
    ) - cardinality($8) as last_seq,
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
    cross join unnest($8) with ordinality
    returning 1
),
refund_rows as materialized (
    select refund.*, feed.last_seq + newest_event as last_seq
    from gate
    cross join unnest($9::refund_inbox.refund_row_2[]) as refund
    left join feed on true
    where gate.is_open
),
-- Another group may insert one of these refunds after the gate was checked. Then the statement fails,
-- and the whole group is tried again. So it does with a token.
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
-- One row of counts if the group is written, otherwise the rows of `known`.
select
    (select count(*) from written_deliveries) as deliveries,
    (select count(*) from written_events) as events,
    (select count(*) from new_refunds) + (select count(*) from changed_refunds) as refunds,
    none.*
from (select is_open from gate) as gate
left join known as none on false
where gate.is_open
union all
select null, null, null, known.*
from known
where not (select is_open from gate)
