-- Notes that the events $2 of the refunds $1 are read otherwise by the deliveries $3, which replay
-- the deliveries of these events.
update refund_inbox.refund_events as event
set superseded_by = superseded.delivery_id
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as superseded (refund_id, event_id, delivery_id)
where event.refund_id = superseded.refund_id and event.event_id = superseded.event_id
