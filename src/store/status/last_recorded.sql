-- Returns when the last of the deliveries of each of the accounts $1 that brought an event was
-- received, for those that have one. The comparison of rows bounds the deliveries to those of the
-- account, and keeps the planner from another index: one of `received_at` alone would read all
-- deliveries that are newer.
select account, newest.received_at
from unnest($1::text[]) as account
cross join lateral (
    select received_at
    from refund_inbox.deliveries as delivery
    where (delivery.account, delivery.received_at) >= (account.account, timestamptz '-infinity')
        and delivery.account <= account.account and verdict = 'recorded'
    order by delivery.account desc, delivery.received_at desc
    limit 1
) as newest
