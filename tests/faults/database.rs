//! What can befall the database while providers send, each as a scenario with its tally: whatever
//! happens, providers are told in their own words and in time to send again, nothing is acknowledged
//! that is not there, and everything goes on within seconds of the database's return, without a
//! restart of the service.

mod outages;
mod resources;
mod scene;
mod sessions;
mod small_disk;
