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
    client_address  text,
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

-- The comments of the contract in the same words. The shape of the views stays.
comment on schema refunds_v1 is
    'Refunds as payment providers report them. Read-only, and stable: the shape of these views does not change.';
comment on view refunds_v1.refunds is
    'One row for each refund: its state after all its events so far.';
comment on view refunds_v1.refund_events is
    'Each distinct event of a refund, once. The feed.';
comment on view refunds_v1.deliveries is
    'Every request that reached a known account, with its verdict and our answer, without bodies.';

comment on column refunds_v1.refunds.refund_id is
    'Our id of the refund; time-ordered.';
comment on column refunds_v1.refunds.merchant_refund_id is
    'The merchant''s id of the refund; with account, its identity.';
comment on column refunds_v1.refunds.provider_refund_id is
    'The provider''s id of the refund.';
comment on column refunds_v1.refunds.merchant_order_id is
    'The merchant''s id of the order.';
comment on column refunds_v1.refunds.provider_payment_id is
    'The provider''s id of the payment.';
comment on column refunds_v1.refunds.provider_status is
    'The provider''s word in the event that gave status.';
comment on column refunds_v1.refunds.conflicting is
    'True if the events contain two different final states: a person must look.';
comment on column refunds_v1.refunds.authenticity is
    'verified: signed by the provider; decrypted: proved by nothing but its decryption.';
comment on column refunds_v1.refunds.settlement_amount_minor is
    'The amount that is settled with the merchant, in minor units.';
comment on column refunds_v1.refunds.payer_amount_minor is
    'The amount that the payer gets, in minor units.';
comment on column refunds_v1.refunds.settlement_status is
    'Whether the bank credited the money, where the provider reports it separately.';
comment on column refunds_v1.refunds.flags is
    'What looks wrong: event_status_mismatch, amount_exceeds_order, …';
comment on column refunds_v1.refunds.first_received_at is
    'When we received its first delivery.';
comment on column refunds_v1.refunds.last_received_at is
    'When we received its last delivery, repeats included.';
comment on column refunds_v1.refunds.delivery_count is
    'The number of its deliveries, repeats included.';
comment on column refunds_v1.refunds.event_count is
    'The number of its distinct events.';
comment on column refunds_v1.refunds.last_seq is
    'The seq of its newest event in refund_events.';

comment on column refunds_v1.refund_events.event_id is
    'Our id of the event; time-ordered.';
comment on column refunds_v1.refund_events.refund_id is
    'The refund of the event.';
comment on column refunds_v1.refund_events.merchant_refund_id is
    'The merchant''s id of the refund; with account, its identity.';
comment on column refunds_v1.refund_events.provider_refund_id is
    'The provider''s id of the refund.';
comment on column refunds_v1.refund_events.merchant_order_id is
    'The merchant''s id of the order.';
comment on column refunds_v1.refund_events.provider_payment_id is
    'The provider''s id of the payment.';
comment on column refunds_v1.refund_events.status is
    'The status of the refund in this event.';
comment on column refunds_v1.refund_events.provider_status is
    'The provider''s word for the status.';
comment on column refunds_v1.refund_events.effect is
    'How the event changed its refund: changed (its status), enriched (its facts) or none.';
comment on column refunds_v1.refund_events.authenticity is
    'verified: signed by the provider; decrypted: proved by nothing but its decryption.';
comment on column refunds_v1.refund_events.settlement_amount_minor is
    'The amount that is settled with the merchant, in minor units.';
comment on column refunds_v1.refund_events.payer_amount_minor is
    'The amount that the payer gets, in minor units.';
comment on column refunds_v1.refund_events.settlement_status is
    'Whether the bank credited the money, where the provider reports it separately.';
comment on column refunds_v1.refund_events.flags is
    'What looks wrong in this event.';
comment on column refunds_v1.refund_events.payload is
    'The verified content as JSON, with personal fields masked and without the signature.';
comment on column refunds_v1.refund_events.delivery_id is
    'The delivery that contained the event first.';

comment on column refunds_v1.deliveries.delivery_id is
    'Our id of the delivery; time-ordered.';
comment on column refunds_v1.deliveries.received_at is
    'When we received it. For a replay: when we received the delivery that it replays.';
comment on column refunds_v1.deliveries.response_status is
    'The HTTP status of our answer; 0 for a replay, which has no answer.';
comment on column refunds_v1.deliveries.response_body is
    'The body of our answer; empty for a replay.';
comment on column refunds_v1.deliveries.event_ids is
    'The refund events that it contained, new or repeated.';
comment on column refunds_v1.deliveries.replayed_from is
    'For a replay: the delivery that it replays.';
