-- Gives the newest event of the refund $1 the columns of the refund as an earlier version stored it.
-- Its rules were others, and the answers to "what did we know then" follow what it stored.
update refund_inbox.refund_events as event
set refund_after = to_jsonb(refund) - array[
    'refund_id', 'provider', 'account', 'refund_key', 'last_seq', 'resolved_seq', 'unread_facts',
    'cumulative_within', 'sub_merchant', 'merchant_reference'
]
from refund_inbox.refunds as refund
where refund.refund_id = $1 and event.refund_id = refund.refund_id and event.seq = refund.last_seq
    and event.unread_fields is null
