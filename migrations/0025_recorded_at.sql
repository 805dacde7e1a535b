-- When a delivery was recorded. Its difference to received_at is how long the provider waited for our
-- answer: the answer to a recorded delivery follows the commit at once. A refusal is answered before
-- it is kept.
--
-- The default fills the column, so that instances of the previous version fill it, too. Earlier
-- deliveries have no value: the column is added without a default, because the server would rewrite
-- every partition for one that is not constant.

alter table refund_inbox.deliveries add column recorded_at timestamptz;
alter table refund_inbox.refused_deliveries add column recorded_at timestamptz;
alter table refund_inbox.deliveries alter column recorded_at set default clock_timestamp();
alter table refund_inbox.refused_deliveries alter column recorded_at set default clock_timestamp();

create or replace view refunds_v1.deliveries as
select
    delivery_id,
    received_at,
    provider,
    account,
    verdict,
    reason,
    key_id,
    event_ids,
    response_status,
    response_body,
    body_sha256,
    body_bytes,
    replayed_from,
    recorded_at
from refund_inbox.deliveries
union all
select
    delivery_id,
    received_at,
    provider,
    account,
    'refused' as verdict,
    reason,
    null as key_id,
    '{}'::uuid[] as event_ids,
    response_status,
    response_body,
    body_sha256,
    body_bytes,
    replayed_from,
    recorded_at
from refund_inbox.refused_deliveries;

comment on column refund_inbox.deliveries.recorded_at is
    'When it was recorded, just before the commit and our answer. Null before this column existed.';
comment on column refund_inbox.refused_deliveries.recorded_at is
    'When it was kept, some time after our answer. Null before this column existed.';
comment on column refunds_v1.deliveries.recorded_at is
    'When it was recorded, just before our answer; a refusal is kept after the answer. Null for deliveries before this column existed.';
