-- Returns the months that are kept although they are old, with what waits in each of them now.
select kept.month, count(*) as count, min(waiting.received_at) as oldest
from refund_inbox.kept_months as kept
join refund_inbox.waiting_deliveries as waiting
    on waiting.received_at >= kept.month::timestamp at time zone 'UTC'
    and waiting.received_at < (kept.month + interval '1 month') at time zone 'UTC'
group by kept.month
order by kept.month
