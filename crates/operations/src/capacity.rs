//! Measures the DynamoDB capacity that each call consumes. Excludes prices, see `docs/COST.md`. Start with
//! [`Meter`].

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItemInput, BatchWriteItemOutput};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::scan::{ScanInput, ScanOutput};
use aws_sdk_dynamodb::operation::transact_get_items::{TransactGetItemsInput, TransactGetItemsOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextMut, FinalizerInterceptorContextRef, Input, Output,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Requests the consumed capacity with every DynamoDB call and collects it. Clones share the collection.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    calls: Arc<Mutex<Vec<Consumed>>>,
}

/// The capacity that one call consumed.
#[derive(Debug, Clone, PartialEq)]
pub struct Consumed {
    /// The name of the call, such as `Query`.
    pub call: &'static str,
    /// The name of the table.
    pub table: String,
    /// Read or write units, depending on the call. A read unit is 4 KB read consistently or 8 KB read eventually; a
    /// write unit is 1 KB; in a transaction both count double.
    pub units: f64,
}

impl Consumed {
    /// True if the units are write units.
    pub fn writes(&self) -> bool {
        matches!(
            self.call,
            "BatchWriteItem" | "DeleteItem" | "PutItem" | "TransactWriteItems" | "UpdateItem"
        )
    }
}

impl fmt::Display for Consumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.writes() { "write" } else { "read" };
        write!(f, "{} on {}: {} {kind} units", self.call, self.table, self.units)
    }
}

impl Meter {
    /// Takes the calls since the last time, in order.
    pub fn take(&self) -> Vec<Consumed> {
        std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, call: &'static str, consumed: &[ConsumedCapacity]) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.extend(consumed.iter().map(|consumed| Consumed {
            call,
            table: consumed.table_name.clone().unwrap_or_default(),
            units: consumed.capacity_units.unwrap_or_default(),
        }));
    }
}

/// The name, input and output of each call that consumes capacity.
macro_rules! calls {
    ($with:ident) => {
        $with!("BatchGetItem", BatchGetItemInput, BatchGetItemOutput);
        $with!("BatchWriteItem", BatchWriteItemInput, BatchWriteItemOutput);
        $with!("DeleteItem", DeleteItemInput, DeleteItemOutput);
        $with!("GetItem", GetItemInput, GetItemOutput);
        $with!("PutItem", PutItemInput, PutItemOutput);
        $with!("Query", QueryInput, QueryOutput);
        $with!("Scan", ScanInput, ScanOutput);
        $with!(
            "TransactGetItems",
            TransactGetItemsInput,
            TransactGetItemsOutput
        );
        $with!(
            "TransactWriteItems",
            TransactWriteItemsInput,
            TransactWriteItemsOutput
        );
        $with!("UpdateItem", UpdateItemInput, UpdateItemOutput);
    };
}

/// The response of a call: calls for several items return a list, calls for one item at most one entry.
trait Answers {
    fn consumed(&self) -> Vec<ConsumedCapacity>;
}

impl Answers for Option<ConsumedCapacity> {
    fn consumed(&self) -> Vec<ConsumedCapacity> {
        self.iter().cloned().collect()
    }
}

impl Answers for Option<Vec<ConsumedCapacity>> {
    fn consumed(&self) -> Vec<ConsumedCapacity> {
        self.iter().flatten().cloned().collect()
    }
}

fn ask(input: &mut Input) {
    macro_rules! ask {
        ($name:literal, $input:ident, $output:ident) => {
            if let Some(input) = input.downcast_mut::<$input>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
            }
        };
    }
    calls!(ask);
}

fn answered(output: &Output, meter: &Meter) {
    macro_rules! answered {
        ($name:literal, $input:ident, $output:ident) => {
            if let Some(output) = output.downcast_ref::<$output>() {
                meter.note($name, &output.consumed_capacity.consumed());
            }
        };
    }
    calls!(answered);
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        ask(context.input_mut());
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Ok(output)) = context.output_or_error() {
            answered(output, self);
        }
        Ok(())
    }
}
