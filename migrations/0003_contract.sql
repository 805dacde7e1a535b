-- The SQL contract: what other services read. Tables may change; these views do not.
--
-- A different shape is a new schema refunds_v2 beside this one, never an edit here.

create schema refunds_v1;
comment on schema refunds_v1 is 'Refunds as told by payment providers. Read-only, and stable: the shape of these views does not change.';

create view refunds_v1.refunds as
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
    last_seq
from refund_inbox.refunds;
comment on view refunds_v1.refunds is 'One row for each refund: its state by everything told so far.';
comment on column refunds_v1.refunds.refund_id is
    'Our number of the refund; time-ordered.';
comment on column refunds_v1.refunds.provider is
    'The payment provider.';
comment on column refunds_v1.refunds.account is
    'The account in refund-inbox''s configuration that received it.';
comment on column refunds_v1.refunds.merchant_refund_id is
    'The merchant''s number of the refund; with account, its identity.';
comment on column refunds_v1.refunds.provider_refund_id is
    'The provider''s number of the refund.';
comment on column refunds_v1.refunds.merchant_order_id is
    'The merchant''s number of the order.';
comment on column refunds_v1.refunds.provider_payment_id is
    'The provider''s number of the payment.';
comment on column refunds_v1.refunds.status is
    'unknown, pending, requires_action, succeeded, failed or canceled.';
comment on column refunds_v1.refunds.provider_status is
    'The provider''s word for the event that gave status.';
comment on column refunds_v1.refunds.conflicting is
    'True when two different final states were told: a person must look.';
comment on column refunds_v1.refunds.authenticity is
    'verified: signed by the provider; decrypted: nothing but decryption speaks for it.';
comment on column refunds_v1.refunds.amount_minor is
    'This refund''s amount, in minor units of currency.';
comment on column refunds_v1.refunds.currency is
    'ISO 4217 code of all amounts.';
comment on column refunds_v1.refunds.currency_exponent is
    'Decimals of the minor unit.';
comment on column refunds_v1.refunds.order_amount_minor is
    'The order''s total, in minor units.';
comment on column refunds_v1.refunds.order_refunded_minor is
    'Refunded on the order so far, in minor units.';
comment on column refunds_v1.refunds.fee_refunded_minor is
    'Fee that the provider gave back, in minor units.';
comment on column refunds_v1.refunds.payer_amount_minor is
    'What the payer gets, in minor units.';
comment on column refunds_v1.refunds.settlement_amount_minor is
    'What is settled with the merchant, in minor units.';
comment on column refunds_v1.refunds.discount_amount_minor is
    'Coupons and discounts taken back, in minor units.';
comment on column refunds_v1.refunds.channel is
    'Wallet or bank route.';
comment on column refunds_v1.refunds.receiving_account is
    'The account the money went to, as the provider masks it.';
comment on column refunds_v1.refunds.reason is
    'Why the refund was made or refused, in words of the provider or merchant.';
comment on column refunds_v1.refunds.failure_code is
    'The provider''s code of a failure.';
comment on column refunds_v1.refunds.failure_message is
    'The provider''s text of a failure.';
comment on column refunds_v1.refunds.settlement_status is
    'Whether the bank credited the money, where the provider tells it apart.';
comment on column refunds_v1.refunds.settled_at is
    'When the bank credited it.';
comment on column refunds_v1.refunds.provider_created_at is
    'When the provider accepted the refund, by its clock.';
comment on column refunds_v1.refunds.completed_at is
    'When the refund reached its final status, by the provider''s clock.';
comment on column refunds_v1.refunds.flags is
    'What does not add up: event_status_mismatch, amount_exceeds_order, …';
comment on column refunds_v1.refunds.first_received_at is
    'When we first heard of the refund.';
comment on column refunds_v1.refunds.last_received_at is
    'When we last heard of it, repeats included.';
comment on column refunds_v1.refunds.updated_at is
    'When anything about it last changed.';
comment on column refunds_v1.refunds.delivery_count is
    'Deliveries that told of it, repeats included.';
comment on column refunds_v1.refunds.event_count is
    'Distinct things told of it.';
comment on column refunds_v1.refunds.last_seq is
    'The newest of its events in refund_events.seq.';

create view refunds_v1.refund_events as
select
    seq,
    event_id,
    refund_id,
    provider,
    account,
    merchant_refund_id,
    provider_refund_id,
    merchant_order_id,
    provider_payment_id,
    status,
    provider_status,
    effect,
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
    occurred_at,
    received_at,
    payload,
    delivery_id
from refund_inbox.refund_events;
comment on view refunds_v1.refund_events is 'Each distinct thing a provider said about a refund, once. The feed.';
comment on column refunds_v1.refund_events.seq is
    'Position in the feed. Commit order is seq order: reading `seq > cursor order by seq` skips nothing.';
comment on column refunds_v1.refund_events.event_id is
    'Our number of the event; time-ordered.';
comment on column refunds_v1.refund_events.refund_id is
    'The refund it is about.';
comment on column refunds_v1.refund_events.provider is
    'The payment provider.';
comment on column refunds_v1.refund_events.account is
    'The account in refund-inbox''s configuration that received it.';
comment on column refunds_v1.refund_events.merchant_refund_id is
    'The merchant''s number of the refund; with account, its identity.';
comment on column refunds_v1.refund_events.provider_refund_id is
    'The provider''s number of the refund.';
comment on column refunds_v1.refund_events.merchant_order_id is
    'The merchant''s number of the order.';
comment on column refunds_v1.refund_events.provider_payment_id is
    'The provider''s number of the payment.';
comment on column refunds_v1.refund_events.status is
    'What the refund has come to, by this event.';
comment on column refunds_v1.refund_events.provider_status is
    'The provider''s own word for that.';
comment on column refunds_v1.refund_events.effect is
    'What the event did to its refund: changed its status, enriched it, or none.';
comment on column refunds_v1.refund_events.authenticity is
    'verified: signed by the provider; decrypted: nothing but decryption speaks for it.';
comment on column refunds_v1.refund_events.amount_minor is
    'This refund''s amount, in minor units of currency.';
comment on column refunds_v1.refund_events.currency is
    'ISO 4217 code of all amounts.';
comment on column refunds_v1.refund_events.currency_exponent is
    'Decimals of the minor unit.';
comment on column refunds_v1.refund_events.order_amount_minor is
    'The order''s total, in minor units.';
comment on column refunds_v1.refund_events.order_refunded_minor is
    'Refunded on the order so far, in minor units.';
comment on column refunds_v1.refund_events.fee_refunded_minor is
    'Fee that the provider gave back, in minor units.';
comment on column refunds_v1.refund_events.payer_amount_minor is
    'What the payer gets, in minor units.';
comment on column refunds_v1.refund_events.settlement_amount_minor is
    'What is settled with the merchant, in minor units.';
comment on column refunds_v1.refund_events.discount_amount_minor is
    'Coupons and discounts taken back, in minor units.';
comment on column refunds_v1.refund_events.channel is
    'Wallet or bank route.';
comment on column refunds_v1.refund_events.receiving_account is
    'The account the money went to, as the provider masks it.';
comment on column refunds_v1.refund_events.reason is
    'Why the refund was made or refused, in words of the provider or merchant.';
comment on column refunds_v1.refund_events.failure_code is
    'The provider''s code of a failure.';
comment on column refunds_v1.refund_events.failure_message is
    'The provider''s text of a failure.';
comment on column refunds_v1.refund_events.settlement_status is
    'Whether the bank credited the money, where the provider tells it apart.';
comment on column refunds_v1.refund_events.settled_at is
    'When the bank credited it.';
comment on column refunds_v1.refund_events.provider_created_at is
    'When the provider accepted the refund, by its clock.';
comment on column refunds_v1.refund_events.completed_at is
    'When the refund reached its final status, by the provider''s clock.';
comment on column refunds_v1.refund_events.flags is
    'What does not add up in this event.';
comment on column refunds_v1.refund_events.occurred_at is
    'When it happened, by the provider''s clock.';
comment on column refunds_v1.refund_events.received_at is
    'When we received it.';
comment on column refunds_v1.refund_events.payload is
    'What was verified, as JSON; personal fields masked, signature left out.';
comment on column refunds_v1.refund_events.delivery_id is
    'The delivery that first brought it.';

create view refunds_v1.deliveries as
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
    replayed_from
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
    replayed_from
from refund_inbox.refused_deliveries;
comment on view refunds_v1.deliveries is 'Every request that reached a known account, its verdict and the answer given, without bodies.';
comment on column refunds_v1.deliveries.delivery_id is
    'Our number of the delivery; time-ordered.';
comment on column refunds_v1.deliveries.received_at is
    'When it arrived.';
comment on column refunds_v1.deliveries.provider is
    'The payment provider.';
comment on column refunds_v1.deliveries.account is
    'The account in refund-inbox''s configuration that received it.';
comment on column refunds_v1.deliveries.verdict is
    'recorded, duplicate, ignored (not about a refund), unreadable (authentic, kept for repair) or refused.';
comment on column refunds_v1.deliveries.reason is
    'Why it was ignored, unreadable or refused.';
comment on column refunds_v1.deliveries.key_id is
    'Which key verified it: the provider''s id of a key, or the fingerprint of a secret.';
comment on column refunds_v1.deliveries.event_ids is
    'The refund events that it brought or repeated.';
comment on column refunds_v1.deliveries.response_status is
    'The HTTP status that it was answered with.';
comment on column refunds_v1.deliveries.response_body is
    'The body that it was answered with.';
comment on column refunds_v1.deliveries.body_sha256 is
    'SHA-256 of the body.';
comment on column refunds_v1.deliveries.body_bytes is
    'Size of the body in bytes.';
comment on column refunds_v1.deliveries.replayed_from is
    'The earlier delivery that was judged again, for a replay.';
