-- What providers said, each distinct thing once and for ever, and what it comes to.
--
-- `refunds` is a pure fold over `refund_events` (`src/refund/fold.rs`); no rule of it stands in
-- SQL. Amounts are integers in the minor unit of `currency`, which has `currency_exponent`
-- decimals.

create table refund_inbox.refunds (
    refund_id               uuid        not null primary key,
    provider                text        not null,
    account                 text        not null,
    refund_key              text        not null,
    merchant_refund_id      text        not null,
    provider_refund_id      text,
    merchant_order_id       text,
    provider_payment_id     text,
    status                  text        not null,
    provider_status         text        not null,
    conflicting             boolean     not null,
    authenticity            text        not null,
    amount_minor            bigint,
    amount_literal          text,
    currency                text        not null,
    currency_exponent       smallint    not null,
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
    flags                   text[]      not null,
    cumulative_within       text,                   -- the order, where amounts are running totals
    first_received_at       timestamptz not null,
    last_received_at        timestamptz not null,
    updated_at              timestamptz not null,
    delivery_count          integer     not null,
    event_count             integer     not null,
    last_seq                bigint      not null,
    constraint refund_identity unique (account, refund_key)
) with (fillfactor = 85);
create index refunds_by_merchant_refund on refund_inbox.refunds (merchant_refund_id);
create index refunds_by_provider_refund on refund_inbox.refunds (provider_refund_id)
    where provider_refund_id is not null;
create index refunds_of_order on refund_inbox.refunds (account, cumulative_within)
    where cumulative_within is not null;
create index conflicting_refunds on refund_inbox.refunds (refund_id) where conflicting;

create sequence refund_inbox.refund_events_seq;

create table refund_inbox.refund_events (
    seq                     bigint      not null primary key,
    event_id                uuid        not null,
    refund_id               uuid        not null references refund_inbox.refunds,
    digest                  bytea       not null,
    delivery_id             uuid        not null,
    provider                text        not null,
    account                 text        not null,
    refund_key              text        not null,
    merchant_refund_id      text        not null,
    provider_refund_id      text,
    merchant_order_id       text,
    provider_payment_id     text,
    status                  text        not null,
    provider_status         text        not null,
    effect                  text        not null check (effect in ('changed', 'enriched', 'none')),
    authenticity            text        not null,
    amount_minor            bigint,
    amount_literal          text,
    currency                text        not null,
    currency_exponent       smallint    not null,
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
    flags                   text[]      not null,
    cumulative_within       text,
    occurred_at             timestamptz,
    received_at             timestamptz not null,
    payload                 jsonb       not null,
    constraint said_once unique (refund_id, digest)
);
