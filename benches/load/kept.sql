-- Compares the views with acknowledged notifications, each of which reports one event of one refund
-- that no other notification reports on.
--
-- $1 accounts, $2 the refunds' merchant_refund_id, $3 the least delivery_id. Returns how many
-- refunds are missing, how many are stored more than once, and how many deliveries are stored.
with sent as materialized (
    select * from unnest($1::text[], $2::text[]) as sent (account, merchant_refund_id)
),
found as (
    select
        count(distinct refund.refund_id) as refunds,
        count(event.seq) as events
    from sent
    left join refunds_v1.refunds as refund using (account, merchant_refund_id)
    left join refunds_v1.refund_events as event on event.refund_id = refund.refund_id
    group by sent.account, sent.merchant_refund_id
)
select
    count(*) filter (where refunds = 0 or events = 0),
    count(*) filter (where refunds > 1 or events > 1),
    (
        select count(*) from refunds_v1.deliveries
        where delivery_id >= $3 and verdict in ('recorded', 'duplicate')
    )
from found
