-- Empties the next $2 deliveries that were received before $1, at the time $3. One that waits is noted
-- and keeps its body. Returns how many it has read, and how many it has emptied.
with progress as materialized (
    select emptied_to, emptied_to_id from refund_inbox.retention_progress where only_row
),
page as materialized (
    select delivery_id, received_at, emptied_at is null as is_whole
    from refund_inbox.deliveries
    where received_at >= (select emptied_to from progress) and received_at < $1
        and (received_at, delivery_id)
            > ((select emptied_to from progress), (select emptied_to_id from progress))
    order by received_at, delivery_id
    limit $2
),
waiting as materialized (
    select array(
        select delivery_id
        from refund_inbox.waiting_deliveries
        where received_at >= (select min(received_at) from page)
            and received_at <= (select max(received_at) from page)
    ) as ids
),
kept as (
    insert into refund_inbox.kept_whole (delivery_id, received_at)
    select delivery_id, received_at
    from page
    where is_whole and delivery_id = any ((select ids from waiting)::uuid[])
    on conflict (delivery_id) do nothing
),
emptied as (
    update refund_inbox.deliveries as delivery
    set headers = '[]', body = '', emptied_at = $3
    from page
    where delivery.delivery_id = page.delivery_id and delivery.received_at = page.received_at
        and page.is_whole and page.delivery_id <> all ((select ids from waiting)::uuid[])
    returning 1
),
moved as (
    update refund_inbox.retention_progress
    set (emptied_to, emptied_to_id) = (
        select received_at, delivery_id from page order by received_at desc, delivery_id desc limit 1
    )
    where only_row and exists (select from page)
)
select (select count(*) from page), (select count(*) from emptied)
