-- Returns when the newest event of each of the accounts $1 was recorded, for those that have one. The
-- comparison of rows bounds the events to those of the account, and keeps the planner from another
-- index: one of `seq` alone would read all events that are newer.
select account, newest.recorded_at
from unnest($1::text[]) as account
cross join lateral (
    select recorded_at
    from refund_inbox.refund_events as event
    where (event.account, event.seq) >= (account.account, 0) and event.account <= account.account
    order by event.account desc, event.seq desc
    limit 1
) as newest
where newest.recorded_at is not null
