//! The pipeline's ports on AWS: DynamoDB tables, an SQS queue, SNS topics, and the code that the three
//! Lambdas share.
//!
//! [`DynamoStore`] fills `BulletinStore`, `LinkTable` and `AlertMarks`; [`SqsQueue`] fills `BulletinQueue`;
//! [`SnsTopics`] fills `Channel`.

pub mod client;
pub mod clock;
pub mod config;
pub mod deadline;
pub mod log;
pub mod metric;
pub mod panic;
pub mod reason;
pub mod stream;
pub mod subscribe;
#[cfg(feature = "testing")]
pub mod testing;

mod error;
mod examine;
mod expression;
mod history;
mod item;
mod link;
mod mark;
mod message;
mod queue;
mod store;
mod topic;
mod value;
mod write;

pub use mark::MARKS_KEPT_FOR;
pub use message::DISPLAY_NAME;
pub use queue::{SqsQueue, TRACE_ATTRIBUTE};
pub use store::DynamoStore;
pub use topic::SnsTopics;

/// The index of the data table for reading a whole bulletin: partition key `bulletin_date`, sort key `pk`.
pub const BULLETIN_INDEX: &str = "by-bulletin-date";
