-- Renames the quarantine of refused deliveries, formerly the "pen", and the row types of the
-- statement that writes a group (`src/store/record/write_group.sql`).
--
-- Instances of the previous version keep working while this migration runs and afterwards, because
-- the old names stay as a view and as types. A later migration removes them.

-- How full each account's quarantine is.
alter table refund_inbox.pens rename to quarantine_usage;
alter index refund_inbox.pens_pkey rename to quarantine_usage_pkey;

-- Postgres passes insert, update, "on conflict" and "lock table" through this view to the table.
create view refund_inbox.pens as
select account, deliveries, bytes from refund_inbox.quarantine_usage;

comment on table refund_inbox.quarantine_usage is
    'How full each account''s quarantine is. Maintained in the transaction of every insert and '
    'eviction, and counted again by maintenance.';
comment on view refund_inbox.pens is
    'The former name of quarantine_usage, for instances of the previous version.';

-- The rows of a group. The statement takes one array of each type.
create type refund_inbox.delivery_row as (
    delivery_id     uuid,
    received_at     timestamptz,
    provider        text,
    account         text,
    verdict         text,
    reason          text,
    key_id          text,
    signature_form  text,
    event_ids       uuid[],
    peer            text,
    path_and_query  text,
    headers         jsonb,
    body            bytea,
    body_sha256     bytea,
    body_bytes      integer,
    response_status smallint,
    response_body   text,
    replayed_from   uuid
);

create type refund_inbox.event_row as (
    event_id                uuid,
    refund_id               uuid,
    digest                  bytea,
    delivery_id             uuid,
    provider                text,
    account                 text,
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
    payload                 jsonb,
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
    completed_at            timestamptz
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
    authenticity            text,
    currency                text,
    currency_exponent       smallint,
    cumulative_within       text,
    flags                   text[],
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
    completed_at            timestamptz
);

-- These types are not the row types of the tables, because the row type of a table changes with
-- every column that a migration adds. The statements of instances that run the previous version
-- would then fail. A type of its own stays the same until a migration creates the next one.
comment on type refund_inbox.delivery_row is
    'A row of deliveries, as write_group.sql takes it. A type of its own: the row type of the table '
    'would change under running instances when a migration adds a column.';
comment on type refund_inbox.event_row is
    'A row of refund_events without seq, which write_group.sql assigns. A type of its own, for the '
    'reason that the comment on delivery_row gives.';
comment on type refund_inbox.refund_row is
    'A row of refunds without last_seq. is_stored: whether the table has the row already; '
    'newest_event: the position of its newest event in the group''s array of events, from 1. A type '
    'of its own, for the reason that the comment on delivery_row gives.';
comment on type refund_inbox.given_delivery is
    'The former name of delivery_row, for instances of the previous version.';
comment on type refund_inbox.given_event is
    'The former name of event_row, for instances of the previous version.';
comment on type refund_inbox.given_refund is
    'The former name of refund_row, for instances of the previous version.';
