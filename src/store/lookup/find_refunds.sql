-- Returns the refunds of account $3 whose merchant's or provider's refund id, merchant's reference,
-- order or payment is $1, or whose refund id is from $2 to $4. One select for each, so that each uses its own index.
select to_jsonb(refund)
from refunds_v1.refunds as refund
where refund_id in (
    select refund_id from refund_inbox.refunds where merchant_refund_id = $1
    union
    select refund_id from refund_inbox.refunds where provider_refund_id = $1
    union
    select refund_id from refund_inbox.refunds where merchant_reference = $1
    union
    select refund_id from refund_inbox.refunds where merchant_order_id = $1
    union
    select refund_id from refund_inbox.refunds where provider_payment_id = $1
    union
    select refund_id from refund_inbox.refunds where refund_id >= $2::uuid and refund_id <= $4::uuid
)
  and ($3::text is null or account = $3)
order by refund_id desc
limit 20
