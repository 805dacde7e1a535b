-- Returns the verdict of each of the deliveries $1, and the delivery that replayed it.
select delivery_id, verdict, (
    select replay.delivery_id
    from refund_inbox.replays as replay
    where replay.replayed_from = delivery.delivery_id
) as replayed_by
from refunds_v1.deliveries as delivery
where delivery_id = any ($1)
order by delivery_id
