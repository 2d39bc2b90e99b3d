//! Operator commands for stored bulletins and deployments: checks, exports, migrations, replays. Excludes the
//! pipeline itself; nothing here runs in a Lambda.
//!
//! Everything works on a [`Store`]: the SQLite file of one machine, or the tables of a [`Deployment`]. Start with
//! [`doctor`], [`archive_file`], [`replay`] or [`table`].

pub mod archive_file;
pub mod capacity;
pub mod connect;
pub mod deployment;
pub mod doctor;
pub mod replay;
pub mod table;

mod store;

pub use deployment::Deployment;
pub use store::{Store, dynamo_client};
