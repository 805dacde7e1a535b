-- Lets a replay read a recorded delivery again, of which an earlier version could not read a field
-- or did not know the status word. The new reading takes the place of the old one in the fold. The
-- old event stays in the feed and in the history: it says what was known then.

alter table refund_inbox.refund_events add column superseded_by uuid;
comment on column refund_inbox.refund_events.superseded_by is
    'The delivery that replays the delivery of this event and reads it otherwise. The fold leaves '
    'this event out.';
