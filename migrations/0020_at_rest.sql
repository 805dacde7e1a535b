-- The data keys with which bodies and headers are sealed, one for each month. The keys in
-- `[at_rest] keys` wrap them. Nobody reads a sealed delivery without its month's data key.
--
-- A sealed delivery has the object {"sealed": data_key_id} in the place of its headers, and the sealed
-- headers and body in the place of the body. Instances of the previous version record as before, and
-- read a sealed delivery as one whose headers are damaged.

create table refund_inbox.data_keys (
    month       date        not null primary key,
    data_key_id uuid        not null unique,
    wrapped     bytea       not null,
    wrapped_by  text        not null,
    created_at  timestamptz not null
);
comment on table refund_inbox.data_keys is
    'The data keys of sealed deliveries. Deleting a row makes the bodies of its month unreadable.';
comment on column refund_inbox.data_keys.month is
    'The first day of the month in which the deliveries were received, in UTC.';
comment on column refund_inbox.data_keys.data_key_id is 'The id, which the sealed deliveries name.';
comment on column refund_inbox.data_keys.wrapped is
    'The data key, sealed with AES-256-GCM by a key of [at_rest].';
comment on column refund_inbox.data_keys.wrapped_by is 'The fingerprint of that key.';
comment on column refund_inbox.data_keys.created_at is 'When the data key was made.';
