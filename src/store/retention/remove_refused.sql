-- Removes up to $2 refused deliveries that were received before the day $1 and that do not wait: they
-- were replayed, dismissed or emptied. Maintenance counts the quarantine again.
with old as materialized (
    select delivery_id
    from refund_inbox.refused_deliveries as refused
    where received_at < $1::date::timestamp at time zone 'UTC'
        and (
            emptied_at is not null
            or reason = 'signature_probe'
            or exists (
                select from refund_inbox.replays as replay
                where replay.replayed_from = refused.delivery_id
            )
            or exists (
                select from refund_inbox.dismissals as dismissal
                where dismissal.delivery_id = refused.delivery_id
            )
        )
    order by received_at, delivery_id
    limit $2
)
delete from refund_inbox.refused_deliveries as refused
using old
where refused.delivery_id = old.delivery_id
