-- Counts the refunds by status and by the time of their first receipt. $1: the beginnings of the spans
-- of time, in order; $2: the end of the last one; $3: the account, or null for all. In its first
-- half second, the server rests for a millisecond after about 4,000 rows, so that recording does not
-- wait for a core.
select width_bucket(first_received_at, $1::timestamptz[]) - 1 as place, status as word,
    count(*) as count
from refund_inbox.refunds
where first_received_at >= ($1::timestamptz[])[1] and first_received_at < $2
    and ($3::text is null or account = $3)
    and case
        when random() < 0.00025 and clock_timestamp() < statement_timestamp() + interval '500 ms'
            then pg_sleep(0.001) is not null
        else true
    end
group by 1, 2
