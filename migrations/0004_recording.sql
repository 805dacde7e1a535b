-- What the statement that records a group needs (`src/store/sql/write_group.sql`).

-- The rows of a group as they are given to that statement: one array for each table.
create type refund_inbox.given_delivery as (
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

-- Without its place in the feed, which the statement gives it.
create type refund_inbox.given_event as (
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

-- New or stored already, and the place of its newest event among those given with it, from 1.
create type refund_inbox.given_refund as (
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

-- Ends the statement, and with it everything it wrote, when another instance recorded one of the
-- new refunds first. The caller then does all of it again, with that refund as it is now.
create function refund_inbox.expect_new_refunds(written bigint, meant bigint)
returns boolean
language plpgsql
as $$
begin
    if written <> meant then
        raise exception 'another instance recorded one of these refunds first'
            using errcode = 'serialization_failure';
    end if;
    return true;
end
$$;

-- The statement that writes an event writes its refund too, or has locked it; refunds are never
-- deleted. Checked row by row once more it would cost a tenth of the server's work for a delivery.
alter table refund_inbox.refund_events drop constraint refund_events_refund_id_fkey;
