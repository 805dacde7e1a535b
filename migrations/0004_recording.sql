-- What the statement that records a group needs (`src/store/sql/write_group.sql`).

-- Ends the statement, and with it everything it wrote, when another instance recorded one of the
-- new refunds first. The caller then does all of it again, with that refund as it is now.
create function refund_inbox.expect_new_refunds(written bigint, meant bigint)
returns boolean
language plpgsql
as $$
begin
    if written <> meant then
        raise exception 'another instance recorded one of these refunds first'
            using errcode = 'serialization_failure';
    end if;
    return true;
end
$$;
