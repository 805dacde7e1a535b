-- The next $2 events after $1, each as one line of JSON in the view's order of columns. Events of
-- other accounts than $3 come without their line: the reader moves past them, so that no reading
-- takes longer because an account is rare.
select seq, case when $3::text is null or account = $3 then row_to_json(event)::text end
from refunds_v1.refund_events as event
where seq > $1
order by seq
limit $2
