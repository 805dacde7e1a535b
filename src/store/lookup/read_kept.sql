-- Returns the kept deliveries that wait for repair, with bodies and headers, in order of receipt:
-- unreadable ones, refused ones, and recorded ones that are partly read, which means that a field of
-- an event is unread or its status word unknown, and that the refund still lacks it. Deliveries that
-- are emptied cannot be repaired, and are left out. `events` are
-- the partly read events of the last kind. `event_count` is how many events a delivery brought; an
-- unreadable one brings those of its readable items.
--
-- Filters: $1 delivery ids, $2 verdicts, $3 account, $4 reason (or its part before the colon), $5
-- received since, $6 received before, $10 provider, $11 key, $12 client address, $13 refunds with
-- events of the delivery. A filter that is null selects all. $14 selects only deliveries that are
-- replays themselves, $15 only refused and unreadable ones that no person has dismissed.
-- Page: after the delivery $7, at most $8 deliveries, and no further ones once the page has $9
-- bytes.
with unreadable as (
    select delivery_id, received_at, provider, account, 'unreadable' as verdict, reason, key_id,
        peer, path_and_query, headers, body, body_bytes, '[]'::jsonb as events,
        coalesce(cardinality(event_ids), 0) as event_count
    from refund_inbox.deliveries as kept
    where verdict = 'unreadable' and emptied_at is null
      and ($2::text[] is null or 'unreadable' = any ($2::text[]))
      and ($1::uuid[] is null or delivery_id = any ($1::uuid[]))
      and ($3::text is null or account = $3::text)
      and ($4::text is null or $4::text in (reason, split_part(reason, ':', 1)))
      and ($5::timestamptz is null or received_at >= $5::timestamptz)
      and ($6::timestamptz is null or received_at < $6::timestamptz)
      and ($10::text is null or provider = $10::text)
      and ($12::text is null or peer = $12::text)
      and (not $14::boolean or replayed_from is not null)
      and ($11::text is null or key_id = $11::text)
      and ($13::uuid[] is null or event_ids && array(
          select event_id from refund_inbox.refund_events where refund_id = any ($13::uuid[])
      ))
      and (not $15::boolean or not exists (
          select from refund_inbox.dismissals as dismissal
          where dismissal.delivery_id = kept.delivery_id
      ))
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
        null::text as key_id, peer, path_and_query, headers, body, body_bytes, '[]'::jsonb as events,
        0 as event_count
    from refund_inbox.refused_deliveries as kept
    where emptied_at is null
      and ($2::text[] is null or 'refused' = any ($2::text[]))
      and ($1::uuid[] is null or delivery_id = any ($1::uuid[]))
      and ($3::text is null or account = $3::text)
      and ($4::text is null or $4::text in (reason, split_part(reason, ':', 1)))
      and ($5::timestamptz is null or received_at >= $5::timestamptz)
      and ($6::timestamptz is null or received_at < $6::timestamptz)
      and ($10::text is null or provider = $10::text)
      and ($12::text is null or peer = $12::text)
      and (not $14::boolean or replayed_from is not null)
      and $11::text is null and $13::uuid[] is null
      and (not $15::boolean or not exists (
          select from refund_inbox.dismissals as dismissal
          where dismissal.delivery_id = kept.delivery_id
      ))
      and delivery_id > $7
      and not exists (
          select from refund_inbox.replays as replay
          where replay.replayed_from = kept.delivery_id
            and replay.replayed_from > $7  -- implied; lets the index skip earlier replays
      )
    order by delivery_id
    limit $8
),
-- One look-up for each event of the small index of partly read ones, which has their order.
recorded as (
    select kept.*
    from refund_inbox.refund_events as event
    cross join lateral (
        select delivery_id, received_at, provider, account, verdict, reason, key_id, peer,
            path_and_query, headers, body, body_bytes,
            (
                select jsonb_agg(to_jsonb(partly_read) - 'payload' order by partly_read.seq)
                from refund_inbox.refund_events as partly_read
                where partly_read.delivery_id = delivery.delivery_id
                  and partly_read.source = 'notification' and partly_read.superseded_by is null
                  and (partly_read.status = 'unknown' or partly_read.unread_fields <> '{}')
            ) as events,
            coalesce(cardinality(event_ids), 0) as event_count
        from refund_inbox.deliveries as delivery
        where delivery.delivery_id = event.delivery_id and delivery.emptied_at is null
          and ($11::text is null or delivery.key_id = $11::text)
          and ($12::text is null or delivery.peer = $12::text)
          and (not $14::boolean or delivery.replayed_from is not null)
        limit 1
    ) as kept
    where event.source = 'notification' and event.superseded_by is null
      and (event.status = 'unknown' or event.unread_fields <> '{}')
      and event.delivery_id > $7
      and ($2::text[] is null or 'recorded' = any ($2::text[]))
      and ($1::uuid[] is null or event.delivery_id = any ($1::uuid[]))
      and ($3::text is null or event.account = $3::text)
      and ($10::text is null or event.provider = $10::text)
      and ($13::uuid[] is null or exists (
          select from refund_inbox.refund_events as wanted
          where wanted.delivery_id = event.delivery_id and wanted.refund_id = any ($13::uuid[])
      ))
      and $4::text is null and not $15::boolean
      and ($5::timestamptz is null or event.received_at >= $5::timestamptz)
      and ($6::timestamptz is null or event.received_at < $6::timestamptz)
      and (
          select refund.status = 'unknown' or refund.unread_fields <> '{}'
          from refund_inbox.refunds as refund
          where refund.refund_id = event.refund_id
      )
      and not exists (
          select from refund_inbox.refund_events as earlier
          where earlier.delivery_id = event.delivery_id and earlier.seq < event.seq
            and earlier.source = 'notification' and earlier.superseded_by is null
            and (earlier.status = 'unknown' or earlier.unread_fields <> '{}')
            and (
                select refund.status = 'unknown' or refund.unread_fields <> '{}'
                from refund_inbox.refunds as refund
                where refund.refund_id = earlier.refund_id
            )
      )
      and not exists (
          select from refund_inbox.replays as replay
          where replay.replayed_from = event.delivery_id
            and replay.replayed_from > $7  -- implied; lets the index skip earlier replays
      )
    order by event.delivery_id
    limit $8
),
page as (
    select * from unreadable
    union all
    select * from refused
    union all
    select * from recorded
    order by delivery_id
    limit $8
),
measured as (
    select page.*,
        sum(body_bytes) over (order by delivery_id rows unbounded preceding) - body_bytes as before
    from page
)
select delivery_id, received_at, provider, account, verdict, reason, key_id, peer,
    path_and_query, headers::text as headers, body, events, event_count
from measured
where before < $9
order by delivery_id
