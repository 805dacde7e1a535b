-- Adds the merchant's own reference of a refund, where the provider carries one that is not the
-- refund's identity: a receipt, a member of the metadata, a free field.
--
-- The row types of 0008 stay for instances of the previous version, which still send their shape.
-- In all views the new column is the last one, as `create or replace view` requires.

alter table refund_inbox.refunds add column merchant_reference text;
alter table refund_inbox.refund_events add column merchant_reference text;

create type refund_inbox.event_row_2 as (
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
    sub_merchant            text,
    merchant_reference      text
);

create type refund_inbox.refund_row_2 as (
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
    sub_merchant            text,
    merchant_reference      text
);

comment on type refund_inbox.event_row_2 is
    'As event_row, with the merchant''s reference.';
comment on type refund_inbox.refund_row_2 is
    'As refund_row, with the merchant''s reference.';

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
    needs_attention and (resolved_seq is null or last_seq > resolved_seq) as needs_attention,
    merchant_reference
from refund_inbox.refunds;
comment on column refunds_v1.refunds.merchant_reference is
    'The merchant''s own reference, where the provider carries one that is not the identity.';

create or replace view refunds_v1.refund_events as
select
    seq, event_id, refund_id, provider, account, merchant_refund_id, provider_refund_id,
    merchant_order_id, provider_payment_id, status, provider_status, effect, authenticity,
    amount_minor, currency, currency_exponent, order_amount_minor, order_refunded_minor,
    fee_refunded_minor, payer_amount_minor, settlement_amount_minor, discount_amount_minor, channel,
    receiving_account, reason, failure_code, failure_message, settlement_status, settled_at,
    provider_created_at, completed_at, flags, occurred_at, received_at, payload, delivery_id,
    recorded_at, source, sub_merchant,
    array(select distinct field from unnest(unread_fields) as field order by field) as unread_fields,
    merchant_reference
from refund_inbox.refund_events;
comment on column refunds_v1.refund_events.merchant_reference is
    'The merchant''s own reference, where the provider carries one that is not the identity.';

create or replace view refunds_v1.refund_history as
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
    previous_seq,
    case when refund_after ? 'merchant_reference' then refund_after ->> 'merchant_reference' else merchant_reference end as merchant_reference
from refund_inbox.refund_events as event;
comment on column refunds_v1.refund_history.merchant_reference is
    'The merchant''s own reference, where the provider carries one that is not the identity.';

create or replace function refunds_v1.refunds_as_of(at timestamptz)
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
        history.needs_attention and (history.resolved_at is null or history.resolved_at > at),
        history.merchant_reference
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
