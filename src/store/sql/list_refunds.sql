select to_jsonb(refund)
from refunds_v1.refunds as refund
where ($1::text is null or account = $1)
  and ($2::text is null or status = $2)
  and (not $3::boolean or conflicting)
  and ($4::text is null
       or refund_id::text = $4 or merchant_refund_id = $4 or provider_refund_id = $4)
order by refund_id desc
limit $5
