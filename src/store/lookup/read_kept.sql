-- Returns the kept deliveries that wait for repair, with bodies and headers, in order of receipt.
--
-- Filters: $1 delivery ids, $2 verdict, $3 account, $4 reason (or its part before the colon), $5
-- received since, $6 received before. A filter that is null selects all.
-- Page: after the delivery $7, at most $8 deliveries, and no further ones once the page has $9
-- bytes.
with unreadable as (
    select delivery_id, received_at, provider, account, 'unreadable' as verdict, reason, key_id,
        peer, path_and_query, headers, body, body_bytes
    from refund_inbox.deliveries as kept
    where verdict = 'unreadable'
      and ($2::text is null or $2::text = 'unreadable')
      and ($1::uuid[] is null or delivery_id = any ($1::uuid[]))
      and ($3::text is null or account = $3::text)
      and ($4::text is null or $4::text in (reason, split_part(reason, ':', 1)))
      and ($5::timestamptz is null or received_at >= $5::timestamptz)
      and ($6::timestamptz is null or received_at < $6::timestamptz)
      and delivery_id > $7
      and not exists (
          select from refund_inbox.replays as replay
          where replay.replayed_from = kept.delivery_id
            and replay.replayed_from > $7  -- implied; lets the index skip earlier replays
      )
    order by delivery_id
    limit $8
),
refused as (
    select delivery_id, received_at, provider, account, 'refused' as verdict, reason,
        null::text as key_id, peer, path_and_query, headers, body, body_bytes
    from refund_inbox.refused_deliveries as kept
    where ($2::text is null or $2::text = 'refused')
      and ($1::uuid[] is null or delivery_id = any ($1::uuid[]))
      and ($3::text is null or account = $3::text)
      and ($4::text is null or reason = $4::text)
      and ($5::timestamptz is null or received_at >= $5::timestamptz)
      and ($6::timestamptz is null or received_at < $6::timestamptz)
      and delivery_id > $7
      and not exists (
          select from refund_inbox.replays as replay
          where replay.replayed_from = kept.delivery_id
            and replay.replayed_from > $7  -- implied; lets the index skip earlier replays
      )
    order by delivery_id
    limit $8
),
page as (
    select * from unreadable
    union all
    select * from refused
    order by delivery_id
    limit $8
),
measured as (
    select page.*,
        sum(body_bytes) over (order by delivery_id rows unbounded preceding) - body_bytes as before
    from page
)
select delivery_id, received_at, provider, account, verdict, reason, key_id, peer,
    path_and_query, headers::text as headers, body
from measured
where before < $9
order by delivery_id
