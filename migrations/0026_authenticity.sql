-- The comments of `authenticity` name all of its values: `checksum` and `bearer` came with PayPal and
-- Xendit, after the comments. Nothing else changes.

comment on column refunds_v1.refunds.authenticity is
    'What proves that the provider sent it. verified: a signature over the content. decrypted: nothing but that it decrypts. checksum: a signature over a checksum of the content only. bearer: a token beside content that is not signed.';
comment on column refunds_v1.refund_events.authenticity is
    'What proves that the provider sent it. verified: a signature over the content. decrypted: nothing but that it decrypts. checksum: a signature over a checksum of the content only. bearer: a token beside content that is not signed.';
comment on column refunds_v1.refund_history.authenticity is
    'What proves that the provider sent it. verified: a signature over the content. decrypted: nothing but that it decrypts. checksum: a signature over a checksum of the content only. bearer: a token beside content that is not signed.';
