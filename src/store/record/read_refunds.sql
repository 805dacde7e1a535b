-- Returns the stored refunds that a group affects: those with the keys $2 in the accounts $1, and
-- all refunds of the orders $4 in the accounts $3, because the provider reports the amounts of
-- these orders as running totals. One select for each, so that each uses its own index. The array,
-- the limit and the offset make the server look each row up, whatever the size of the table.
--
-- The caller appends `for update` to lock the rows. They are locked in one order, so that two
-- groups cannot deadlock. A later statement reads their events: this statement's snapshot is older
-- than the locks for which it waited.
select refund_id, provider, account, refund_key, first_received_at, last_received_at, updated_at,
    delivery_count, event_count, last_seq
from refund_inbox.refunds
where refund_id = any (array(
    select named.refund_id
    from unnest($1::text[], $2::text[]) as wanted (account, refund_key)
    cross join lateral (
        select refund_id
        from refund_inbox.refunds as stored
        where stored.account = wanted.account and stored.refund_key = wanted.refund_key
        limit 1
    ) as named
    union
    select sibling.refund_id
    from unnest($3::text[], $4::text[]) as wanted (account, cumulative_within)
    cross join lateral (
        select refund_id
        from refund_inbox.refunds as stored
        where stored.account = wanted.account
          and stored.cumulative_within = wanted.cumulative_within
        offset 0
    ) as sibling
))
order by account, refund_key
