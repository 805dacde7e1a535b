-- Counts the newest deliveries by verdict and by the time of their receipt. $1: the beginnings of the
-- spans of time, in order; $2: the end of the last one; $3: how many deliveries of each table are
-- counted at most. In its first half second, the server rests for a millisecond after about 1,000
-- rows, so that recording does not wait for a core.
select width_bucket(received_at, $1::timestamptz[]) - 1 as place, verdict as word, count(*) as count
from (
    (
        select received_at, verdict
        from refund_inbox.deliveries
        where received_at >= ($1::timestamptz[])[1] and received_at < $2
        order by received_at desc
        limit $3
    )
    union all
    (
        select received_at, 'refused'
        from refund_inbox.refused_deliveries
        where received_at >= ($1::timestamptz[])[1] and received_at < $2
        order by received_at desc
        limit $3
    )
) as newest
where case
    when random() < 0.001 and clock_timestamp() < statement_timestamp() + interval '500 ms'
        then pg_sleep(0.001) is not null
    else true
end
group by 1, 2
