-- Notes which kept deliveries $1 are replayed, by which deliveries $2, at which times $3. What
-- somebody else is replaying is waited for; what is replayed already stays as it is, and fewer rows
-- are written than were meant.
insert into refund_inbox.replays (replayed_from, delivery_id, replayed_at)
select replayed_from, delivery_id, replayed_at
from unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
    as given (replayed_from, delivery_id, replayed_at)
order by replayed_from
on conflict (replayed_from) do nothing
