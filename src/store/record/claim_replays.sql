-- Records that the kept deliveries $1 are replayed by the deliveries $2 at the times $3. If another
-- transaction is replaying one of them, this statement waits for it. A delivery that is already
-- replayed keeps its row; then the number of inserted rows is smaller than that of $1.
insert into refund_inbox.replays (replayed_from, delivery_id, replayed_at)
select replayed_from, delivery_id, replayed_at
from unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
    as replay (replayed_from, delivery_id, replayed_at)
order by replayed_from
on conflict (replayed_from) do nothing
