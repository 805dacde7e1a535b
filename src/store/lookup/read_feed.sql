-- Returns the next $2 events after $1, each as one line of JSON in the order of the view's columns.
-- Events of accounts other than $3 are returned without a line. The reader skips them, so that a
-- read does not take longer for an account with few events.
select seq, case when $3::text is null or account = $3 then row_to_json(event)::text end
from refunds_v1.refund_events as event
where seq > $1
order by seq
limit $2
