-- Adds the rank of an event's kind among the kinds of event of its provider. Providers have it that
-- sign no time and document which kind of event replaces which. The fold reads it again with the
-- event, so a rank that a later version changes holds for new events only.
--
-- The row type of 0010 stays for instances of the previous version, which still send its shape. Their
-- events have no rank.

alter table refund_inbox.refund_events add column kind_rank smallint;

create type refund_inbox.event_row_3 as (
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
    kind_rank               smallint,
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
