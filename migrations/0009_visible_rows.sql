-- Completes the rows of earlier versions: when each event was recorded, and what needs attention.
--
-- A migration of its own, so that it holds no lock on the tables: instances of the previous version
-- record deliveries while it runs.

-- Service providers of WeChat Pay receive the refunds of several merchants, and each merchant
-- chooses its own refund numbers. Earlier versions did not tell the merchants apart. A v3 message
-- names the merchant in its content, a v2 message only in its body.
create temporary table merchants_of_events on commit drop as
select *, count(*) over (partition by refund_id, sub_merchant)
    < count(*) over (partition by refund_id) as disagree
from (
    select
        event.seq,
        event.refund_id,
        coalesce(
            nullif(event.payload ->> 'sub_mchid', ''),
            substring(
                encode(delivery.body, 'escape')
                from '<sub_mch_id>(?:<!\[CDATA\[)?\s*([0-9A-Za-z]+)'
            )
        ) as sub_merchant
    from refund_inbox.refund_events as event
    left join refund_inbox.deliveries as delivery on delivery.delivery_id = event.delivery_id
    where event.provider in ('wechatpay', 'nomad') and event.sub_merchant is null
) as named
where sub_merchant is not null;

-- Where one row holds the refunds of two merchants, the row stays one, and a person must separate
-- them: the fold flags them, because their events now disagree.
update refund_inbox.refund_events as event
set refund_key = case
        when named.disagree then event.refund_key
        else named.sub_merchant || '/' || event.refund_key
    end,
    sub_merchant = named.sub_merchant
from merchants_of_events as named
where event.seq = named.seq;

update refund_inbox.refunds as refund
set refund_key = case
        when named.disagree then refund.refund_key
        else named.sub_merchant || '/' || refund.refund_key
    end,
    sub_merchant = named.sub_merchant,
    flags = case
        when named.disagree and not refund.flags @> array['identities_disagree']
            then array_append(refund.flags, 'identities_disagree')
        else refund.flags
    end
from (
    select refund_id, min(sub_merchant) as sub_merchant, bool_or(disagree) as disagree
    from merchants_of_events
    group by refund_id
) as named
where refund.refund_id = named.refund_id;

-- Earlier versions put what the payer paid in another currency beside the refund's currency.
with in_another_currency as (
    update refund_inbox.refund_events
    set payer_amount_minor = null
    where provider in ('wechatpay', 'nomad') and payer_amount_minor is not null
        and payload #>> '{amount,payer_currency}' <> currency
    returning refund_id
)
update refund_inbox.refunds
set payer_amount_minor = null
where refund_id in (select refund_id from in_another_currency);

-- Nobody noted when these events were recorded. The time of receipt comes closest, made
-- non-decreasing along seq.
update refund_inbox.refund_events as event
set recorded_at = noted.recorded_at
from (
    select seq, max(received_at) over (order by seq) as recorded_at
    from refund_inbox.refund_events
    where recorded_at is null
) as noted
where event.seq = noted.seq and event.recorded_at is null;

select setval(
    'refund_inbox.feed_clock',
    greatest(1, (extract(epoch from max(recorded_at)) * 1000000)::bigint)
)
from refund_inbox.refund_events;

-- The causes that earlier versions could see.
update refund_inbox.refunds
set needs_attention = true
where conflicting
    or status = 'unknown'
    or flags && array['amounts_disagree', 'currencies_disagree', 'identities_disagree'];

update refund_inbox.refund_events as event
set previous_seq = earlier.previous_seq
from (
    select seq, lag(seq) over (partition by refund_id order by seq) as previous_seq
    from refund_inbox.refund_events
    where refund_id in (select refund_id from refund_inbox.refunds where event_count > 1)
) as earlier
where event.seq = earlier.seq and earlier.previous_seq is not null;

insert into refund_inbox.history_to_complete (refund_id, last_seq)
select refund_id, last_seq
from refund_inbox.refunds
where event_count > 1 or needs_attention or cumulative_within is not null
on conflict do nothing;
