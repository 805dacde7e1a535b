-- Returns the months that are kept although they are old, with what waits in each of them now, and
-- whether unreadable deliveries are among it. What waits is read for these months alone, of which
-- there are usually none.
select kept.month, waiting.count, waiting.oldest, waiting.has_unreadable
from refund_inbox.kept_months as kept
cross join lateral (
    select count(*) as count, min(waiting.received_at) as oldest,
        bool_or(exists (
            select
            from refund_inbox.deliveries as delivery
            where delivery.delivery_id = waiting.delivery_id and delivery.verdict = 'unreadable'
        )) as has_unreadable
    from refund_inbox.waiting_deliveries as waiting
    where waiting.received_at >= kept.month::timestamp at time zone 'UTC'
        and waiting.received_at < (kept.month + interval '1 month') at time zone 'UTC'
) as waiting
where waiting.count > 0
order by kept.month
