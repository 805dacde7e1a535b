-- The refunds that a group is about, and their siblings where an order's amounts are told as
-- running totals, locked in one order so that no two groups wait for each other in a circle. Their
-- events are read by a later statement: this one's snapshot is older than the locks it waited for.
--
-- $1 accounts, $2 refund keys; $3 accounts, $4 orders.
select refund_id, provider, account, refund_key, first_received_at, last_received_at, updated_at,
    delivery_count, amount_minor
from refund_inbox.refunds
where (account, refund_key) in (select * from unnest($1::text[], $2::text[]))
   or (account, cumulative_within) in (select * from unnest($3::text[], $4::text[]))
order by account, refund_key
for update
