-- Finds when an account last changed by a reload, for `status`. The audit is small, so the index is
-- built at once. An instance of the previous version notes no reloads, and loses nothing by it.

create index audit_reloads on refund_inbox.audit (subject, at) where action = 'reload';
