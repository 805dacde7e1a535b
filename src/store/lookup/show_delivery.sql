-- Returns the delivery $1 with everything that was kept of it, and who dismissed it.
select to_jsonb(delivery) || jsonb_build_object(
    'body_sha256', encode(delivery.body_sha256, 'hex'),
    'replayed_by', (
        select replay.delivery_id
        from refund_inbox.replays as replay
        where replay.replayed_from = delivery.delivery_id
    )
), kept.peer, kept.path_and_query, kept.headers::text, kept.signature_form,
    kept.emptied_at, kept.body,
    dismissal.dismissed_at, dismissal.who, dismissal.note
from refunds_v1.deliveries as delivery
join (
    select delivery_id, peer, path_and_query, headers, signature_form, emptied_at, body
    from refund_inbox.deliveries
    where delivery_id = $1
    union all
    select delivery_id, peer, path_and_query, headers, null, emptied_at, body
    from refund_inbox.refused_deliveries
    where delivery_id = $1
) as kept using (delivery_id)
left join refund_inbox.dismissals as dismissal on dismissal.delivery_id = $1
where delivery.delivery_id = $1
