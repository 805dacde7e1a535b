-- The refunds that a group is about, and their siblings where an order's amounts are told as
-- running totals, in one order, so that where they are locked no two groups wait for each other in
-- a circle. Their events are read by a later statement: this one's snapshot is older than the locks
-- it waited for.
--
-- $1 accounts, $2 refund keys; $3 accounts, $4 orders. Apart, so that each look-up has its index.
-- `for update` follows where it is to lock.
select refund_id, provider, account, refund_key, first_received_at, last_received_at, updated_at,
    delivery_count, amount_minor
from refund_inbox.refunds
where refund_id in (
    select told.refund_id
    from unnest($1::text[], $2::text[]) as asked (account, refund_key)
    join refund_inbox.refunds as told using (account, refund_key)
    union
    select sibling.refund_id
    from unnest($3::text[], $4::text[]) as asked (account, cumulative_within)
    join refund_inbox.refunds as sibling using (account, cumulative_within)
)
order by account, refund_key
