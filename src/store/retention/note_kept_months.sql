-- Notes that the months $1, and no others, stay although they are old. The first condition is always
-- true; it lets the index be used.
with removed as (
    delete from refund_inbox.kept_months where month > '-infinity' and month <> all ($1::date[])
)
insert into refund_inbox.kept_months (month)
select unnest($1::date[])
on conflict (month) do nothing
