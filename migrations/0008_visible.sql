-- Every authentic refund is visible: facts may be missing, unread fields are named, and each event
-- says when it was recorded and what the refund was right after it.
--
-- Instances of the previous version keep working while this runs and afterwards. What they write has
-- the defaults below; the next event that this version records for the refund completes it.

alter table refund_inbox.refunds
    alter column currency drop not null,
    alter column currency_exponent drop not null,
    add column sub_merchant    text,
    add column unread_fields   text[]  not null default '{}',
    add column unread_facts    text[]  not null default '{}',
    -- Whether a person must look, by the fold. The view also asks whether one has.
    add column needs_attention boolean not null default false,
    -- The seq up to which a person has looked.
    add column resolved_seq    bigint;

alter table refund_inbox.refund_events
    alter column currency drop not null,
    alter column currency_exponent drop not null,
    add column sub_merchant  text,
    -- Null in what the previous version writes.
    add column unread_fields text[],
    add column unread_facts  text[],
    add column source        text   not null default 'notification',
    -- The event of the same refund before this one.
    add column previous_seq  bigint,
    add column recorded_at   timestamptz,
    -- The columns of the refund right after this event that differ from those of the event itself.
    add column refund_after  jsonb;
-- For the previous version, which does not assign it.
alter table refund_inbox.refund_events alter column recorded_at set default clock_timestamp();
alter table refund_inbox.refund_events
    add constraint known_source check (source in ('notification', 'derived')) not valid;

-- The newest recorded_at in microseconds since 1970. A sequence, because every transaction sees its
-- last value at once: under the feed's lock, the next value is never smaller, even if the clock goes
-- back.
create sequence refund_inbox.feed_clock;

-- That a person has looked at a refund, when, and why it is all right.
create table refund_inbox.resolutions (
    resolution_id uuid        not null primary key,
    refund_id     uuid        not null references refund_inbox.refunds,
    seq           bigint      not null,  -- the newest event that the person could see
    resolved_at   timestamptz not null,
    who           text        not null,
    via           text        not null,
    note          text        not null
);
create index resolutions_of_refund on refund_inbox.resolutions (refund_id, resolved_at);

-- Refunds whose earlier events do not say yet what the refund was right after them, and the newest of
-- these events. The service completes them while it runs.
create table refund_inbox.history_to_complete (
    refund_id uuid   not null primary key,
    last_seq  bigint not null
);

create function refund_inbox.complete_later()
returns trigger
language plpgsql
as $$
begin
    insert into refund_inbox.history_to_complete (refund_id, last_seq)
    values (new.refund_id, new.seq)
    on conflict (refund_id) do update set last_seq = excluded.last_seq;
    return null;
end
$$;
create trigger written_by_the_previous_version
    after insert on refund_inbox.refund_events
    for each row when (new.unread_fields is null)
    execute function refund_inbox.complete_later();

drop type refund_inbox.event_row;
drop type refund_inbox.refund_row;
create type refund_inbox.event_row as (
    event_id                uuid,
    refund_id               uuid,
    digest                  bytea,
    delivery_id             uuid,
    provider                text,
    account                 text,
    source                  text,
    effect                  text,
    received_at             timestamptz,
    refund_key              text,
    merchant_refund_id      text,
    status                  text,
    provider_status         text,
    authenticity            text,
    currency                text,
    currency_exponent       smallint,
    occurred_at             timestamptz,
    cumulative_within       text,
    flags                   text[],
    unread_fields           text[],
    unread_facts            text[],
    payload                 jsonb,
    refund_after            jsonb,
    previous_event          integer,
    previous_seq            bigint,
    provider_refund_id      text,
    merchant_order_id       text,
    provider_payment_id     text,
    amount_minor            bigint,
    amount_literal          text,
    order_amount_minor      bigint,
    order_refunded_minor    bigint,
    fee_refunded_minor      bigint,
    payer_amount_minor      bigint,
    settlement_amount_minor bigint,
    discount_amount_minor   bigint,
    channel                 text,
    receiving_account       text,
    reason                  text,
    failure_code            text,
    failure_message         text,
    settlement_status       text,
    settled_at              timestamptz,
    provider_created_at     timestamptz,
    completed_at            timestamptz,
    sub_merchant            text
);

create type refund_inbox.refund_row as (
    is_stored               boolean,
    newest_event            integer,
    refund_id               uuid,
    provider                text,
    account                 text,
    refund_key              text,
    first_received_at       timestamptz,
    last_received_at        timestamptz,
    updated_at              timestamptz,
    delivery_count          integer,
    event_count             integer,
    merchant_refund_id      text,
    status                  text,
    provider_status         text,
    conflicting             boolean,
    needs_attention         boolean,
    authenticity            text,
    currency                text,
    currency_exponent       smallint,
    cumulative_within       text,
    flags                   text[],
    unread_fields           text[],
    unread_facts            text[],
    provider_refund_id      text,
    merchant_order_id       text,
    provider_payment_id     text,
    amount_minor            bigint,
    amount_literal          text,
    order_amount_minor      bigint,
    order_refunded_minor    bigint,
    fee_refunded_minor      bigint,
    payer_amount_minor      bigint,
    settlement_amount_minor bigint,
    discount_amount_minor   bigint,
    channel                 text,
    receiving_account       text,
    reason                  text,
    failure_code            text,
    failure_message         text,
    settlement_status       text,
    settled_at              timestamptz,
    provider_created_at     timestamptz,
    completed_at            timestamptz,
    sub_merchant            text
);

comment on type refund_inbox.event_row is
    'A row of refund_events without seq and recorded_at, which write_group.sql assigns. '
    'previous_event: the position of the refund''s previous event in the group''s array, from 1, if it '
    'is in the group; otherwise previous_seq. A type of its own, for the reason that the comment on '
    'delivery_row gives.';
comment on type refund_inbox.refund_row is
    'A row of refunds without last_seq. is_stored: whether the table has the row already; '
    'newest_event: the position of its newest event in the group''s array of events, from 1. A type '
    'of its own, for the reason that the comment on delivery_row gives.';

create or replace view refunds_v1.refunds as
select
    refund_id,
    provider,
    account,
    merchant_refund_id,
    provider_refund_id,
    merchant_order_id,
    provider_payment_id,
    status,
    provider_status,
    conflicting,
    authenticity,
    amount_minor,
    currency,
    currency_exponent,
    order_amount_minor,
    order_refunded_minor,
    fee_refunded_minor,
    payer_amount_minor,
    settlement_amount_minor,
    discount_amount_minor,
    channel,
    receiving_account,
    reason,
    failure_code,
    failure_message,
    settlement_status,
    settled_at,
    provider_created_at,
    completed_at,
    flags,
    first_received_at,
    last_received_at,
    updated_at,
    delivery_count,
    event_count,
    last_seq,
    sub_merchant,
    array(select distinct field from unnest(unread_fields) as field order by field) as unread_fields,
    needs_attention and (resolved_seq is null or last_seq > resolved_seq) as needs_attention
from refund_inbox.refunds;
comment on column refunds_v1.refunds.currency is
    'ISO 4217 code of all amounts; null until the provider reports it.';
comment on column refunds_v1.refunds.currency_exponent is
    'Decimals of the minor unit; null until the provider reports the currency.';
comment on column refunds_v1.refunds.amount_minor is
    'This refund''s amount, in minor units of currency; null until the provider reports it.';
comment on column refunds_v1.refunds.sub_merchant is
    'The merchant within the account, where one account serves several.';
comment on column refunds_v1.refunds.unread_fields is
    'The provider''s names of fields that it sent and that we could not read. The payload has them.';
comment on column refunds_v1.refunds.needs_attention is
    'True if a person must look, and none has since the newest event.';

create or replace view refunds_v1.refund_events as
select
    seq, event_id, refund_id, provider, account, merchant_refund_id, provider_refund_id,
    merchant_order_id, provider_payment_id, status, provider_status, effect, authenticity,
    amount_minor, currency, currency_exponent, order_amount_minor, order_refunded_minor,
    fee_refunded_minor, payer_amount_minor, settlement_amount_minor, discount_amount_minor, channel,
    receiving_account, reason, failure_code, failure_message, settlement_status, settled_at,
    provider_created_at, completed_at, flags, occurred_at, received_at, payload, delivery_id,
    recorded_at, source, sub_merchant,
    array(select distinct field from unnest(unread_fields) as field order by field) as unread_fields
from refund_inbox.refund_events;
comment on column refunds_v1.refund_events.recorded_at is
    'When we recorded the event. It never decreases as seq grows.';
comment on column refunds_v1.refund_events.source is
    'notification: the provider reported it; derived: another refund of the order changed this one.';
comment on column refunds_v1.refund_events.sub_merchant is
    'The merchant within the account, where one account serves several.';
comment on column refunds_v1.refund_events.unread_fields is
    'The provider''s names of fields that it sent and that we could not read. The payload has them.';

create view refunds_v1.refund_history as
select
    seq,
    recorded_at,
    refund_id,
    provider,
    account,
    case when refund_after ? 'merchant_refund_id' then refund_after ->> 'merchant_refund_id' else merchant_refund_id end as merchant_refund_id,
    case when refund_after ? 'provider_refund_id' then refund_after ->> 'provider_refund_id' else provider_refund_id end as provider_refund_id,
    case when refund_after ? 'merchant_order_id' then refund_after ->> 'merchant_order_id' else merchant_order_id end as merchant_order_id,
    case when refund_after ? 'provider_payment_id' then refund_after ->> 'provider_payment_id' else provider_payment_id end as provider_payment_id,
    case when refund_after ? 'status' then refund_after ->> 'status' else status end as status,
    case when refund_after ? 'provider_status' then refund_after ->> 'provider_status' else provider_status end as provider_status,
    case when refund_after ? 'conflicting' then (refund_after ->> 'conflicting')::boolean else false end as conflicting,
    case when refund_after ? 'authenticity' then refund_after ->> 'authenticity' else authenticity end as authenticity,
    case when refund_after ? 'amount_minor' then (refund_after ->> 'amount_minor')::bigint else amount_minor end as amount_minor,
    case when refund_after ? 'currency' then refund_after ->> 'currency' else currency end as currency,
    case when refund_after ? 'currency_exponent' then (refund_after ->> 'currency_exponent')::smallint else currency_exponent end as currency_exponent,
    case when refund_after ? 'order_amount_minor' then (refund_after ->> 'order_amount_minor')::bigint else order_amount_minor end as order_amount_minor,
    case when refund_after ? 'order_refunded_minor' then (refund_after ->> 'order_refunded_minor')::bigint else order_refunded_minor end as order_refunded_minor,
    case when refund_after ? 'fee_refunded_minor' then (refund_after ->> 'fee_refunded_minor')::bigint else fee_refunded_minor end as fee_refunded_minor,
    case when refund_after ? 'payer_amount_minor' then (refund_after ->> 'payer_amount_minor')::bigint else payer_amount_minor end as payer_amount_minor,
    case when refund_after ? 'settlement_amount_minor' then (refund_after ->> 'settlement_amount_minor')::bigint else settlement_amount_minor end as settlement_amount_minor,
    case when refund_after ? 'discount_amount_minor' then (refund_after ->> 'discount_amount_minor')::bigint else discount_amount_minor end as discount_amount_minor,
    case when refund_after ? 'channel' then refund_after ->> 'channel' else channel end as channel,
    case when refund_after ? 'receiving_account' then refund_after ->> 'receiving_account' else receiving_account end as receiving_account,
    case when refund_after ? 'reason' then refund_after ->> 'reason' else reason end as reason,
    case when refund_after ? 'failure_code' then refund_after ->> 'failure_code' else failure_code end as failure_code,
    case when refund_after ? 'failure_message' then refund_after ->> 'failure_message' else failure_message end as failure_message,
    case when refund_after ? 'settlement_status' then refund_after ->> 'settlement_status' else settlement_status end as settlement_status,
    case when refund_after ? 'settled_at' then (refund_after ->> 'settled_at')::timestamptz else settled_at end as settled_at,
    case when refund_after ? 'provider_created_at' then (refund_after ->> 'provider_created_at')::timestamptz else provider_created_at end as provider_created_at,
    case when refund_after ? 'completed_at' then (refund_after ->> 'completed_at')::timestamptz else completed_at end as completed_at,
    case when refund_after ? 'flags' then array(select jsonb_array_elements_text(refund_after -> 'flags')) else flags end as flags,
    case when refund_after ? 'first_received_at' then (refund_after ->> 'first_received_at')::timestamptz else received_at end as first_received_at,
    case when refund_after ? 'last_received_at' then (refund_after ->> 'last_received_at')::timestamptz else received_at end as last_received_at,
    case when refund_after ? 'updated_at' then (refund_after ->> 'updated_at')::timestamptz else received_at end as updated_at,
    case when refund_after ? 'delivery_count' then (refund_after ->> 'delivery_count')::integer else 1 end as delivery_count,
    case when refund_after ? 'event_count' then (refund_after ->> 'event_count')::integer else 1 end as event_count,
    seq as last_seq,
    case when refund_after ? 'sub_merchant' then refund_after ->> 'sub_merchant' else sub_merchant end as sub_merchant,
    case when refund_after ? 'unread_fields' then array(select jsonb_array_elements_text(refund_after -> 'unread_fields')) else array(select distinct field from unnest(unread_fields) as field order by field) end as unread_fields,
    case when refund_after ? 'needs_attention' then (refund_after ->> 'needs_attention')::boolean else false end as needs_attention,
    (
        select min(resolution.resolved_at)
        from refund_inbox.resolutions as resolution
        where resolution.refund_id = event.refund_id and resolution.seq >= event.seq
    ) as resolved_at,
    previous_seq
from refund_inbox.refund_events as event;
comment on view refunds_v1.refund_history is
    'Each refund as it was right after each of its events.';

create function refunds_v1.refunds_as_of(at timestamptz)
returns setof refunds_v1.refunds
language sql
stable
as $$
    select
        history.refund_id,
        history.provider,
        history.account,
        history.merchant_refund_id,
        history.provider_refund_id,
        history.merchant_order_id,
        history.provider_payment_id,
        history.status,
        history.provider_status,
        history.conflicting,
        history.authenticity,
        history.amount_minor,
        history.currency,
        history.currency_exponent,
        history.order_amount_minor,
        history.order_refunded_minor,
        history.fee_refunded_minor,
        history.payer_amount_minor,
        history.settlement_amount_minor,
        history.discount_amount_minor,
        history.channel,
        history.receiving_account,
        history.reason,
        history.failure_code,
        history.failure_message,
        history.settlement_status,
        history.settled_at,
        history.provider_created_at,
        history.completed_at,
        history.flags,
        history.first_received_at,
        history.last_received_at,
        history.updated_at,
        history.delivery_count,
        history.event_count,
        history.last_seq,
        history.sub_merchant,
        history.unread_fields,
        history.needs_attention and (history.resolved_at is null or history.resolved_at > at)
    from refunds_v1.refund_history as history
    where history.seq <= (
            select newest.seq
            from refunds_v1.refund_events as newest
            where newest.recorded_at <= at
            order by newest.recorded_at desc, newest.seq desc
            limit 1
        )
        and not exists (
            select
            from refunds_v1.refund_history as later
            where later.previous_seq = history.seq and later.seq <= (
                    select newest.seq
                    from refunds_v1.refund_events as newest
                    where newest.recorded_at <= at
                    order by newest.recorded_at desc, newest.seq desc
                    limit 1
                )
        )
$$;
comment on function refunds_v1.refunds_as_of(timestamptz) is
    'All refunds as they were known at a time. For a time that has passed, the result never changes.';

comment on column refunds_v1.refund_history.seq is
    'The event after which the refund was like this.';
comment on column refunds_v1.refund_history.recorded_at is
    'When we recorded that event. It never decreases as seq grows.';
comment on column refunds_v1.refund_history.refund_id is
    'Our id of the refund; time-ordered.';
comment on column refunds_v1.refund_history.provider is
    'The payment provider.';
comment on column refunds_v1.refund_history.account is
    'The account in refund-inbox''s configuration that received it.';
comment on column refunds_v1.refund_history.merchant_refund_id is
    'The merchant''s id of the refund; with account, its identity.';
comment on column refunds_v1.refund_history.provider_refund_id is
    'The provider''s id of the refund.';
comment on column refunds_v1.refund_history.merchant_order_id is
    'The merchant''s id of the order.';
comment on column refunds_v1.refund_history.provider_payment_id is
    'The provider''s id of the payment.';
comment on column refunds_v1.refund_history.status is
    'unknown, pending, requires_action, succeeded, failed or canceled.';
comment on column refunds_v1.refund_history.provider_status is
    'The provider''s word in the event that gave status.';
comment on column refunds_v1.refund_history.conflicting is
    'True if the events contain two different final states: a person must look.';
comment on column refunds_v1.refund_history.authenticity is
    'verified: signed by the provider; decrypted: proved by nothing but its decryption.';
comment on column refunds_v1.refund_history.amount_minor is
    'This refund''s amount, in minor units of currency; null until the provider reports it.';
comment on column refunds_v1.refund_history.currency is
    'ISO 4217 code of all amounts; null until the provider reports it.';
comment on column refunds_v1.refund_history.currency_exponent is
    'Decimals of the minor unit; null until the provider reports the currency.';
comment on column refunds_v1.refund_history.order_amount_minor is
    'The order''s total, in minor units.';
comment on column refunds_v1.refund_history.order_refunded_minor is
    'Refunded on the order so far, in minor units.';
comment on column refunds_v1.refund_history.fee_refunded_minor is
    'Fee that the provider gave back, in minor units.';
comment on column refunds_v1.refund_history.payer_amount_minor is
    'The amount that the payer gets, in minor units.';
comment on column refunds_v1.refund_history.settlement_amount_minor is
    'The amount that is settled with the merchant, in minor units.';
comment on column refunds_v1.refund_history.discount_amount_minor is
    'Coupons and discounts taken back, in minor units.';
comment on column refunds_v1.refund_history.channel is
    'Wallet or bank route.';
comment on column refunds_v1.refund_history.receiving_account is
    'The account the money went to, as the provider masks it.';
comment on column refunds_v1.refund_history.reason is
    'Why the refund was made or refused, in words of the provider or merchant.';
comment on column refunds_v1.refund_history.failure_code is
    'The provider''s code of a failure.';
comment on column refunds_v1.refund_history.failure_message is
    'The provider''s text of a failure.';
comment on column refunds_v1.refund_history.settlement_status is
    'Whether the bank credited the money, where the provider reports it separately.';
comment on column refunds_v1.refund_history.settled_at is
    'When the bank credited it.';
comment on column refunds_v1.refund_history.provider_created_at is
    'When the provider accepted the refund, by its clock.';
comment on column refunds_v1.refund_history.completed_at is
    'When the refund reached its final status, by the provider''s clock.';
comment on column refunds_v1.refund_history.flags is
    'What looks wrong: event_status_mismatch, amount_exceeds_order, …';
comment on column refunds_v1.refund_history.first_received_at is
    'When we received its first delivery.';
comment on column refunds_v1.refund_history.last_received_at is
    'When we received its last delivery, repeats included.';
comment on column refunds_v1.refund_history.updated_at is
    'When anything about it last changed.';
comment on column refunds_v1.refund_history.delivery_count is
    'The number of its deliveries, repeats included.';
comment on column refunds_v1.refund_history.event_count is
    'The number of its distinct events.';
comment on column refunds_v1.refund_history.last_seq is
    'The seq of its newest event in refund_events.';
comment on column refunds_v1.refund_history.sub_merchant is
    'The merchant within the account, where one account serves several.';
comment on column refunds_v1.refund_history.unread_fields is
    'The provider''s names of fields that it sent and that we could not read. The payload has them.';
comment on column refunds_v1.refund_history.needs_attention is
    'True if a person must look, whether or not one has since; see resolved_at.';
comment on column refunds_v1.refund_history.previous_seq is
    'The event of the same refund before this one.';
comment on column refunds_v1.refund_history.resolved_at is
    'When a person resolved what needed attention after this event.';
