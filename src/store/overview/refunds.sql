-- Counts the refunds by status and by the time of their first receipt. $1: the beginnings of the spans
-- of time, in order; $2: the end of the last one; $3: the account, or null for all.
select width_bucket(first_received_at, $1::timestamptz[]) - 1 as place, status as word,
    count(*) as count
from refund_inbox.refunds
where first_received_at >= ($1::timestamptz[])[1] and first_received_at < $2
    and ($3::text is null or account = $3)
group by 1, 2
