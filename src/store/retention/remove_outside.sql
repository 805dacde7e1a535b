-- Removes up to $2 deliveries in no month's partition that were received before the day $1 and that do
-- not wait.
with waiting as materialized (
    select array(
        select delivery_id
        from refund_inbox.waiting_deliveries
        where received_at < $1::date::timestamp at time zone 'UTC'
    ) as ids
),
old as materialized (
    select delivery_id, received_at
    from refund_inbox.deliveries_default
    where received_at < $1::date::timestamp at time zone 'UTC'
        and delivery_id <> all ((select ids from waiting)::uuid[])
    order by received_at
    limit $2
)
delete from refund_inbox.deliveries_default as delivery
using old
where delivery.delivery_id = old.delivery_id and delivery.received_at = old.received_at
