-- The first part of the statements that need what is stored of a group's refunds and tokens:
--
-- - the refunds with the keys $2 in the accounts $1, and all refunds of the orders $4 in the accounts
--   $3, because the provider reports the amounts of these orders as running totals;
-- - the single-use tokens $6 in the accounts $5.
--
-- The limits and the offset make the server look each row up, whatever the size of the table.
with affected as materialized (
    select array(
        select named.refund_id
        from unnest($1::text[], $2::text[]) as wanted (account, refund_key)
        cross join lateral (
            select refund_id
            from refund_inbox.refunds as stored
            where stored.account = wanted.account and stored.refund_key = wanted.refund_key
            limit 1
        ) as named
        union all
        select sibling.refund_id
        from unnest($3::text[], $4::text[]) as wanted (account, cumulative_within)
        cross join lateral (
            select refund_id
            from refund_inbox.refunds as stored
            where stored.account = wanted.account
              and stored.cumulative_within = wanted.cumulative_within
            offset 0
        ) as sibling
    ) as refund_ids
),
known_tokens as materialized (
    select account, token_sha256, body_sha256
    from unnest($5::text[], $6::bytea[]) as wanted (account, token_sha256)
    cross join lateral (
        select body_sha256
        from refund_inbox.used_tokens as used
        where used.account = wanted.account and used.token_sha256 = wanted.token_sha256
        limit 1
    ) as used
),
-- Each refund with its version, which is the transaction that wrote it. One row for each event that
-- the provider reported, in the form that the fold reads. Derived events follow from these. Then one
-- row for each token. All rows are of one moment.
known as (
    select
        stored.refund_id, stored.xmin::text::bigint as version, stored.provider, stored.account,
        stored.refund_key, stored.first_received_at, stored.last_received_at, stored.updated_at,
        stored.delivery_count, stored.event_count, stored.last_seq, event.seq,
        to_jsonb(event) - 'payload' as event, null::bytea as token_sha256, null::bytea as body_sha256
    from refund_inbox.refunds as stored
    left join refund_inbox.refund_events as event
        on event.refund_id = stored.refund_id and event.source = 'notification'
    where stored.refund_id = any ((select refund_ids from affected)::uuid[])
    union all
    select
        null, null, null, account, null, null, null, null, null, null, null, null, null,
        token_sha256, body_sha256
    from known_tokens
)
