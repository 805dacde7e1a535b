-- Returns the events of the refund $1 without their payload, in the order of their seq.
select to_jsonb(event) - 'payload'
from refunds_v1.refund_events as event
where refund_id = $1
order by seq
