-- Returns the ids of the refused deliveries of account $1 whose body contains the number $2. The
-- quarantine of an account is limited.
select delivery_id
from refund_inbox.refused_deliveries
where account = $1 and position(convert_to($2, 'UTF8') in body) > 0
