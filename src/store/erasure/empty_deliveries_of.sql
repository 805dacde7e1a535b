-- Empties the deliveries of the refund $1 at the time $2: those with its events, those that were
-- replayed into them or replay them, and the refused ones $3. Their client addresses and queries go
-- too. Returns how many were not empty.
with events as materialized (
    select array(
        select event_id from refund_inbox.refund_events where refund_id = $1
    ) as ids
),
-- As the list of a refund's deliveries finds them, by the same indexes.
containing as materialized (
    select delivery_id
    from refund_inbox.refund_events
    where source = 'notification' and refund_id = $1
    union
    select delivery_id
    from refund_inbox.deliveries
    where event_ids <> '{}' and verdict <> 'recorded'
        and event_ids[1] = any ((select ids from events)::uuid[])
    union
    select delivery_id
    from refund_inbox.deliveries
    where cardinality(event_ids) > 1 and event_ids && (select ids from events)::uuid[]
),
wanted as materialized (
    select array(
        select delivery_id from containing
        union
        select replayed.replayed_from
        from refund_inbox.deliveries as replayed
        where replayed.delivery_id = any (array(select delivery_id from containing))
            and replayed.replayed_from is not null
        union
        select replay.delivery_id
        from refund_inbox.replays as replay
        where replay.replayed_from = any (array(select delivery_id from containing))
        union
        select unnest($3::uuid[])
    ) as ids
),
-- As they were before this statement.
whole as materialized (
    select delivery_id
    from refund_inbox.deliveries
    where delivery_id = any ((select ids from wanted)::uuid[]) and emptied_at is null
    union all
    select delivery_id
    from refund_inbox.refused_deliveries
    where delivery_id = any ((select ids from wanted)::uuid[]) and emptied_at is null
),
emptied as (
    update refund_inbox.deliveries
    set headers = '[]', body = '', peer = null, path_and_query = split_part(path_and_query, '?', 1),
        emptied_at = coalesce(emptied_at, $2)
    where delivery_id = any ((select ids from wanted)::uuid[])
),
emptied_refused as (
    update refund_inbox.refused_deliveries
    set headers = '[]', body = '', peer = null, path_and_query = split_part(path_and_query, '?', 1),
        kept_bytes = octet_length(split_part(path_and_query, '?', 1)),
        emptied_at = coalesce(emptied_at, $2)
    where delivery_id = any ((select ids from wanted)::uuid[])
)
select count(*) from whole
