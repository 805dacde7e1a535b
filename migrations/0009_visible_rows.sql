-- Completes the rows of earlier versions: when each event was recorded, and what needs attention.
--
-- A migration of its own, so that it holds no lock on the tables: instances of the previous version
-- record deliveries while it runs.

-- Nobody noted when these events were recorded. The time of receipt comes closest, made
-- non-decreasing along seq.
update refund_inbox.refund_events as event
set recorded_at = noted.recorded_at
from (
    select seq, max(received_at) over (order by seq) as recorded_at
    from refund_inbox.refund_events
    where recorded_at is null
) as noted
where event.seq = noted.seq and event.recorded_at is null;

select setval(
    'refund_inbox.feed_clock',
    greatest(1, (extract(epoch from max(recorded_at)) * 1000000)::bigint)
)
from refund_inbox.refund_events;

-- The causes that earlier versions could see.
update refund_inbox.refunds
set needs_attention = true
where conflicting
    or status = 'unknown'
    or flags && array['amounts_disagree', 'currencies_disagree'];

update refund_inbox.refund_events as event
set previous_seq = earlier.previous_seq
from (
    select seq, lag(seq) over (partition by refund_id order by seq) as previous_seq
    from refund_inbox.refund_events
    where refund_id in (select refund_id from refund_inbox.refunds where event_count > 1)
) as earlier
where event.seq = earlier.seq and earlier.previous_seq is not null;

insert into refund_inbox.history_to_complete (refund_id, last_seq)
select refund_id, last_seq
from refund_inbox.refunds
where event_count > 1
on conflict do nothing;
