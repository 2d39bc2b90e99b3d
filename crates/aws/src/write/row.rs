//! The update that stores one row, with the value that it replaces.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use pipeline::port::StoreError;
use pipeline::{RowWrite, WritePlan};

use crate::DynamoStore;
use crate::expression::{Expression, number, text};
use crate::item::{Key, RowItem, Status, earlier_attribute, place_attributes, row_attributes};

impl DynamoStore {
    /// The update of one row; `stored` is the item that it replaces.
    pub(super) fn row_action(
        &self,
        plan: &WritePlan,
        write: &RowWrite,
        stored: Option<&RowItem>,
    ) -> Result<TransactWriteItem, StoreError> {
        let month = plan.record.month;
        let mut expression = Expression::default();
        let condition = is_version(&mut expression, write.version);
        let mut set: Vec<String> = place_attributes(write.key, month)
            .into_iter()
            .map(|(name, value)| expression.equal(name, value))
            .collect();
        set.extend(cell(&mut expression, write));
        let carried = write.carried.as_ref();
        let host = carried.map_or(&plan.record.host, |carried| &carried.host);
        set.push(expression.equal("host", text(host)));
        set.push(expression.equal("page_digest", text(plan.record.digest.as_str())));
        let version = expression.name("version");
        let (nothing, one) = (expression.value(number(0)), expression.value(number(1)));
        set.push(format!("{version} = if_not_exists({version}, {nothing}) + {one}"));
        set.extend(earlier_values(&mut expression, plan, write, stored));
        let mut update = format!("SET {}", set.join(", "));
        let absent = absent_attributes(write);
        if !absent.is_empty() {
            let names: Vec<String> = absent.iter().map(|name| expression.name(name)).collect();
            update.push_str(&format!(" REMOVE {}", names.join(", ")));
        }
        let update = Update::builder()
            .table_name(&self.tables.data)
            .set_key(Some(Key::row(write.key, month).item()))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .build()
            .map_err(|error| self.broken(error))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

/// The condition that the stored row has this version; `None`: that no cell is stored.
fn is_version(expression: &mut Expression, version: Option<u32>) -> String {
    match version {
        Some(version) => expression.equal("version", number(version)),
        None => {
            let absent = format!("attribute_not_exists({})", expression.name("pk"));
            let gone = expression.equal("status", text(Status::Gone.code()));
            format!("{absent} OR {gone}")
        }
    }
}

/// The assignments of what the cell holds.
fn cell(expression: &mut Expression, write: &RowWrite) -> Vec<String> {
    let Some(row) = &write.row else {
        return vec![expression.equal("status", text(Status::Gone.code()))];
    };
    let attributes = row_attributes(row).into_iter();
    attributes
        .map(|(name, value)| expression.equal(name, value))
        .collect()
}

/// The attributes that an earlier version of the cell can have, and this one has not.
fn absent_attributes(write: &RowWrite) -> &'static [&'static str] {
    match &write.row {
        Some(row) if Status::of(row.reading) == Status::Date => &[],
        Some(_) => &["date"],
        None => &["date", "raw_category", "raw_country", "raw_value"],
    }
}

/// The assignment of the values that the cell had before; `None` if they are unchanged.
fn earlier_values(
    expression: &mut Expression,
    plan: &WritePlan,
    write: &RowWrite,
    stored: Option<&RowItem>,
) -> Option<String> {
    if let Some(carried) = &write.carried
        && !carried.earlier.is_empty()
    {
        let earlier = carried.earlier.iter().map(earlier_attribute).collect();
        return Some(expression.equal("earlier", AttributeValue::L(earlier)));
    }
    let replaced = stored.filter(|_| !plan.mends)?.replaced(plan.at)?;
    let earlier = expression.name("earlier");
    let none = expression.value(AttributeValue::L(Vec::new()));
    let replaced = expression.value(AttributeValue::L(vec![earlier_attribute(&replaced)]));
    Some(format!(
        "{earlier} = list_append(if_not_exists({earlier}, {none}), {replaced})"
    ))
}
