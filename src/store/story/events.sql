-- Returns the events of the refunds $1 without their payload.
select to_jsonb(event) - 'payload'
from refunds_v1.refund_events as event
where refund_id = any($1)
