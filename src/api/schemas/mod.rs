//! The schemas of the OpenAPI document.

mod actions;
mod parameters;
mod problems;
mod rows;

pub(super) use actions::{DismissBody, Dismissed, NoteBody, ReplayBody, Replayed};
pub(super) use parameters::{
    FeedPath, IdPath, LastEventId, OfAccount, Reference, StreamPath, Waiting, Zone,
};
pub(super) use problems::{NotOne, Problems};
pub(super) use rows::{
    DeliveryPage, DeliveryWithHeaders, EventPage, NoteMade, Refund, RefundPage, RefundWithStory,
    ReportPage, StatusPage,
};
