-- Returns the verdict of each of the deliveries $1, the delivery that replayed it, and whether it is
-- emptied.
select delivery_id, verdict, (
    select replay.delivery_id
    from refund_inbox.replays as replay
    where replay.replayed_from = delivery.delivery_id
) as replayed_by, exists (
    select from refund_inbox.deliveries as kept
    where kept.delivery_id = delivery.delivery_id and kept.emptied_at is not null
    union all
    select from refund_inbox.refused_deliveries as kept
    where kept.delivery_id = delivery.delivery_id and kept.emptied_at is not null
) as is_emptied
from refunds_v1.deliveries as delivery
where delivery_id = any ($1)
order by delivery_id
