-- What people have looked at, and what they did.
--
-- Both tables only grow by what people do, so they stay small. Instances of the previous version do
-- not use them.

-- Kept deliveries that wait no longer, because a person has looked.
create table refund_inbox.dismissals (
    delivery_id  uuid        not null primary key,
    dismissed_at timestamptz not null,
    who          text        not null,
    via          text        not null,
    note         text        not null
);

-- Who showed bodies, exported, replayed, resolved or dismissed what, when, and through what.
create table refund_inbox.audit (
    audit_id uuid        not null primary key,  -- time-ordered
    at       timestamptz not null,
    who      text        not null,
    via      text        not null,
    action   text        not null,
    subject  text        not null,
    detail   text        not null
);

create function refund_inbox.keep_audit()
returns trigger
language plpgsql
as $$
begin
    raise exception 'rows of the audit never change' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_is_append_only
    before update or delete or truncate on refund_inbox.audit
    for each statement execute function refund_inbox.keep_audit();
