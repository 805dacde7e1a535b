-- Returns the ids of deliveries from $1 to $2, at most 20. Each part has a limit of its own, so that
-- it reads no more rows than that.
(
    select delivery_id from refund_inbox.deliveries
    where delivery_id >= $1 and delivery_id <= $2
    order by delivery_id limit 20
)
union all
(
    select delivery_id from refund_inbox.refused_deliveries
    where delivery_id >= $1 and delivery_id <= $2
    order by delivery_id limit 20
)
limit 20
