-- Returns the refunds of account $1 in status $2, newest first, at most $4. If $3, only conflicting
-- ones. A parameter that is null selects all.
select to_jsonb(refund)
from refunds_v1.refunds as refund
where ($1::text is null or account = $1)
  and ($2::text is null or status = $2)
  and (not $3::boolean or conflicting)
order by refund_id desc
limit $4
