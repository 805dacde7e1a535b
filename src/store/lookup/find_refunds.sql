-- The refunds whose number is $1, the merchant's, the provider's or (as uuid $2) ours, of account $3.
-- Apart, so that each look-up has its index.
select to_jsonb(refund)
from refunds_v1.refunds as refund
where refund_id in (
    select refund_id from refund_inbox.refunds where merchant_refund_id = $1
    union
    select refund_id from refund_inbox.refunds where provider_refund_id = $1
    union
    select refund_id from refund_inbox.refunds where refund_id = $2::uuid
)
  and ($3::text is null or account = $3)
order by refund_id desc
limit 20
