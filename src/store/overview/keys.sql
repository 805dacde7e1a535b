-- Returns when each key verified last, among the newest $2 deliveries of the account $1. The comparison
-- of rows bounds the deliveries to those of the account, as in `status/last_recorded.sql`.
select key_id, max(received_at) as last_used
from (
    select key_id, received_at
    from refund_inbox.deliveries as delivery
    where (delivery.account, delivery.received_at) >= ($1, timestamptz '-infinity')
        and delivery.account <= $1
    order by delivery.account desc, delivery.received_at desc
    limit $2
) as newest
where key_id is not null
group by key_id
