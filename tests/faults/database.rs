//! Failures of the database while providers send, each with its tally. In every case the service
//! answers "send again" in time and in the provider's words, acknowledges nothing that is not
//! stored, and works again within seconds of the database's return, without a restart.

mod outages;
mod resources;
mod scene;
mod sessions;
mod small_disk;
