-- Returns at most $1 erased refunds about which something has arrived since.
select erasure.refund_id
from refund_inbox.erasures as erasure
join refund_inbox.refunds as refund on refund.refund_id = erasure.refund_id
where (refund.delivery_count, refund.event_count)
    <> (erasure.delivery_count, erasure.event_count)
order by erasure.refund_id
limit $1
