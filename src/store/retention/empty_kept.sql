-- Empties up to $1 deliveries that waited when their time came and no longer do, at the time $2.
-- Returns how many are no longer kept, and how many of them it emptied.
with waiting as materialized (
    select array(select delivery_id from refund_inbox.waiting_deliveries) as ids
),
due as materialized (
    select delivery_id, received_at
    from refund_inbox.kept_whole
    where delivery_id <> all ((select ids from waiting)::uuid[])
    order by delivery_id
    limit $1
),
emptied as (
    update refund_inbox.deliveries as delivery
    set headers = '[]', body = '', emptied_at = $2
    from due
    where delivery.delivery_id = due.delivery_id and delivery.received_at = due.received_at
        and delivery.emptied_at is null
    returning 1
),
removed as (
    delete from refund_inbox.kept_whole as kept
    using due
    where kept.delivery_id = due.delivery_id
    returning 1
)
select (select count(*) from removed), (select count(*) from emptied)
