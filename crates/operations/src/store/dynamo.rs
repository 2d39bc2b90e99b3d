//! The store of a deployment, and the reads that only commands need. Start with [`Store::of`].

use aws::{DynamoStore, MARKS_KEPT_FOR};
use aws_types::SdkConfig;
use bulletin::{Case, Month, MonthRange, RowKey};
use chrono::TimeDelta;
use pipeline::ArchivedRow;
use pipeline::port::{Check, StoreError, StoredRow, StoredStanding};

use super::{CommandReads, Store};
use crate::Deployment;
use crate::capacity::Meter;

impl Store {
    /// The tables of a deployment. Makes no request yet. A meter records the capacity that each call consumes.
    pub fn of(deployment: &Deployment, config: &SdkConfig, meter: Option<Meter>) -> Self {
        let client = dynamo_client(config, meter);
        Self::Dynamo(Box::new(DynamoStore::new(client, deployment.tables())))
    }
}

/// A DynamoDB client. A meter records the capacity that each call consumes.
pub fn dynamo_client(config: &SdkConfig, meter: Option<Meter>) -> aws_sdk_dynamodb::Client {
    let mut builder = aws_sdk_dynamodb::config::Builder::from(config);
    if let Some(meter) = meter {
        builder = builder.interceptor(meter);
    }
    aws_sdk_dynamodb::Client::from_conf(builder.build())
}

impl CommandReads for DynamoStore {
    async fn picked_standings(&self, pick: impl Fn(Case) -> bool) -> Result<Vec<StoredStanding>, StoreError> {
        self.standings_of(pick).await
    }

    async fn sorted_rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        self.rows_by_index(month).await
    }

    async fn cell_history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
    ) -> Result<Vec<(Month, ArchivedRow)>, StoreError> {
        self.archived_history(key, range).await
    }

    async fn last_polls(&self) -> Result<(Option<Check>, Option<Check>), StoreError> {
        Ok((self.last_check(true).await?, self.last_check(false).await?))
    }

    async fn marks_expire_after(&self) -> Option<TimeDelta> {
        Some(MARKS_KEPT_FOR)
    }
}
