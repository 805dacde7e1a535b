-- Returns all events of the refunds $1, oldest first, in the form that the fold reads.
select refund_id, to_jsonb(event) - 'payload' as event
from refund_inbox.refund_events as event
where refund_id = any ($1::uuid[])
order by seq
