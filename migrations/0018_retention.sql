-- What retention needs: which deliveries are emptied, how far it has come, and which months it keeps
-- although they are old.
--
-- The tables are small: they have one row, the deliveries that waited when their time came, and
-- the months that are kept. Instances of the previous version keep working while this runs and
-- afterwards. They read an emptied delivery as one with an empty body, and do not record it again,
-- because it no longer waits for repair or its signature does not fit.

alter table refund_inbox.deliveries add column emptied_at timestamptz;
alter table refund_inbox.refused_deliveries add column emptied_at timestamptz;
comment on column refund_inbox.deliveries.emptied_at is
    'When retention or an erasure emptied the body and the headers. body_bytes and body_sha256 stay.';
comment on column refund_inbox.refused_deliveries.emptied_at is
    'When retention or an erasure emptied the body and the headers. body_bytes and body_sha256 stay.';

-- Deliveries of which somebody may still need the body: those that are unreadable and were neither
-- replayed nor dismissed, and those whose refund needs attention. `status` shows both.
create view refund_inbox.waiting_deliveries as
select delivery_id, received_at
from refund_inbox.deliveries as kept
where verdict = 'unreadable' and emptied_at is null
    and not exists (
        select from refund_inbox.replays as replay where replay.replayed_from = kept.delivery_id
    )
    and not exists (
        select from refund_inbox.dismissals as dismissal
        where dismissal.delivery_id = kept.delivery_id
    )
union all
select event.delivery_id, event.received_at
from refund_inbox.refunds as refund
join refund_inbox.refund_events as event on event.refund_id = refund.refund_id
where refund.needs_attention
    and (refund.resolved_seq is null or refund.last_seq > refund.resolved_seq)
    and event.source = 'notification';
comment on view refund_inbox.waiting_deliveries is
    'Deliveries that retention keeps whole, because something about them waits for a person.';

create table refund_inbox.retention_progress (
    only_row           boolean     not null primary key default true check (only_row),
    emptied_to         timestamptz not null default '-infinity',
    emptied_to_id      uuid        not null default '00000000-0000-0000-0000-000000000000',
    replays_noticed_at timestamptz not null default '-infinity'
);
insert into refund_inbox.retention_progress default values;
comment on table refund_inbox.retention_progress is
    'How far retention has emptied deliveries, in the order of their receipt.';
comment on column refund_inbox.retention_progress.only_row is 'The table has one row.';
comment on column refund_inbox.retention_progress.emptied_to is
    'When the last delivery that retention has looked at was received.';
comment on column refund_inbox.retention_progress.emptied_to_id is 'The id of that delivery.';
comment on column refund_inbox.retention_progress.replays_noticed_at is
    'Until when retention has noticed replays: these make deliveries with an old time of receipt.';

create table refund_inbox.kept_whole (
    delivery_id uuid        not null primary key,
    received_at timestamptz not null
);
comment on table refund_inbox.kept_whole is
    'Deliveries that retention has passed and not emptied, because something about them waits.';
comment on column refund_inbox.kept_whole.delivery_id is 'The delivery.';
comment on column refund_inbox.kept_whole.received_at is 'When it was received.';

create table refund_inbox.kept_months (
    month date not null primary key
);
comment on table refund_inbox.kept_months is
    'Months of deliveries that are older than retention keeps them, and in which something waits.';
comment on column refund_inbox.kept_months.month is 'The first day of the month.';

create index replays_by_time on refund_inbox.replays (replayed_at);
