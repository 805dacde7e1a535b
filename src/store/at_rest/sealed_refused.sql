-- Returns the next $3 sealed refused deliveries of account $1 after the delivery $2.
select delivery_id, headers::text, body
from refund_inbox.refused_deliveries
where account = $1 and delivery_id > $2 and jsonb_typeof(headers) = 'object'
order by delivery_id
limit $3
