-- Returns those of the deliveries $1, received between $2 and $3, that are committed.
select delivery_id, verdict, reason
from refund_inbox.deliveries
where delivery_id = any ($1::uuid[]) and received_at between $2 and $3
