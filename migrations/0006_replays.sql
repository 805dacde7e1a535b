-- Which kept deliveries were judged again, by which delivery, and when.
--
-- The key is what makes a replay happen once: two people who replay the same delivery meet here. It
-- is a table of its own because an index over all deliveries would hold recording up while it is
-- made, and because what is replayed may be pushed out of the pen afterwards.

create table refund_inbox.replays (
    replayed_from uuid        not null primary key,  -- the kept delivery
    delivery_id   uuid        not null,              -- the one that it became
    replayed_at   timestamptz not null
);

-- The views keep their shape; what stands in them of a replay is said here.
comment on column refunds_v1.deliveries.received_at is
    'When it arrived; of a replay, when the delivery arrived that is judged again.';
comment on column refunds_v1.deliveries.response_status is
    'The HTTP status that it was answered with; 0 for a replay, to which nobody is answered.';
comment on column refunds_v1.deliveries.response_body is
    'The body that it was answered with; empty for a replay.';
