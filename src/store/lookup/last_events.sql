-- Returns the seq of the first of the last $3 events of account $1, up to the event $2.
select min(seq)
from (
    select seq
    from refunds_v1.refund_events
    where seq <= $2 and ($1::text is null or account = $1)
    order by seq desc
    limit $3
) as last
