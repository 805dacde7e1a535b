-- Returns all events of the refunds $1 that a provider reported, oldest first, in the form that the
-- fold reads. Derived events follow from these.
select refund_id, to_jsonb(event) - 'payload' as event
from refund_inbox.refund_events as event
where refund_id = any ($1::uuid[]) and source = 'notification'
order by refund_id, seq
