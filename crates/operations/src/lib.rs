//! What an operator does to stored bulletins and to a deployment, beside what runs by itself. Nothing of it runs in a
//! Lambda.
//!
//! Everything here works on a [`Store`]: the SQLite file of one machine, or the tables of a [`Deployment`].

pub mod archive_file;
pub mod capacity;
pub mod connect;
pub mod deployment;
pub mod doctor;
pub mod migrate;
pub mod replay;
pub mod table;

mod store;

pub use deployment::Deployment;
pub use store::{Store, dynamo_client};
