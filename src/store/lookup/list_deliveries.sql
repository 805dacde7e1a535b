-- Returns the deliveries with verdict $1, of account $2, received since $3 and before $4, newest
-- first, at most $5. A parameter that is null selects all.
select to_jsonb(delivery) || jsonb_build_object('replayed_by', (
    select replay.delivery_id
    from refund_inbox.replays as replay
    where replay.replayed_from = delivery.delivery_id
))
from refunds_v1.deliveries as delivery
where ($1::text is null or verdict = $1)
  and ($2::text is null or account = $2)
  and ($3::timestamptz is null or received_at >= $3)
  and ($4::timestamptz is null or received_at < $4)
order by delivery_id desc
limit $5
