-- What the erasure of a refund's personal data needs: which events are erased, and which refunds.
--
-- An erased event has neither a payload nor personal facts. Its stored digest stays, so that it still
-- makes a repeat a duplicate and ranks the event as before. Instances of the previous version keep
-- working while this runs and afterwards. They compute the digest of an erased event again, which
-- matters to the fold only where two events are equal in every rule but the last.

alter table refund_inbox.refund_events add column erased_at timestamptz;
comment on column refund_inbox.refund_events.erased_at is
    'When the payload and the personal facts of the event were erased. digest is the one from before.';

create table refund_inbox.erasures (
    refund_id      uuid        not null primary key references refund_inbox.refunds,
    erased_at      timestamptz not null,
    delivery_count integer     not null,
    event_count    integer     not null
);
comment on table refund_inbox.erasures is
    'Refunds whose personal data is erased. Maintenance also erases what arrives about them later.';
comment on column refund_inbox.erasures.refund_id is 'The refund.';
comment on column refund_inbox.erasures.erased_at is 'When it was erased last.';
comment on column refund_inbox.erasures.delivery_count is
    'How many deliveries the refund had then. If it has another number now, more has arrived.';
comment on column refund_inbox.erasures.event_count is 'How many events the refund had then.';
