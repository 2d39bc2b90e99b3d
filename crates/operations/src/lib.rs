//! Operator commands for stored bulletins and deployments: checks, exports, migrations, replays. Excludes the
//! pipeline itself; nothing here runs in a Lambda.
//!
//! Everything works on a [`Store`]: the SQLite file of one machine, or the tables of a [`Deployment`]. Start with
//! [`doctor`], [`archive_file`], [`replay`] or `table`. Without the feature `aws`, only the SQLite file is left.

pub mod archive_file;
#[cfg(feature = "aws")]
pub mod capacity;
#[cfg(feature = "aws")]
pub mod connect;
pub mod deployment;
pub mod doctor;
pub mod filter;
pub mod replay;
#[cfg(feature = "aws")]
pub mod table;

mod store;

pub use deployment::Deployment;
pub use store::Store;
#[cfg(feature = "aws")]
pub use store::dynamo::dynamo_client;
