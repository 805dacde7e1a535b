-- A replay makes a delivery with the time of receipt of another one, so it may lie behind what is
-- emptied already. Notes such deliveries of the replays up to $1, to be emptied when they do not wait.
-- A day more is read, because a run of replays has the time of its beginning.
with progress as materialized (
    select emptied_to, replays_noticed_at
    from refund_inbox.retention_progress
    where only_row
),
noticed as (
    insert into refund_inbox.kept_whole (delivery_id, received_at)
    select made.delivery_id, made.received_at
    from refund_inbox.replays as replay
    cross join lateral (
        select delivery_id, received_at, emptied_at
        from refund_inbox.deliveries as delivery
        where delivery.delivery_id = replay.delivery_id
        limit 1
    ) as made
    where replay.replayed_at >= (select replays_noticed_at from progress) - interval '1 day'
        and made.emptied_at is null and made.received_at <= (select emptied_to from progress)
    on conflict (delivery_id) do nothing
)
update refund_inbox.retention_progress set replays_noticed_at = $1 where only_row
