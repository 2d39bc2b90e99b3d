//! The names of all fields in CSV and JSON, with their types and meanings. A field has the same name in every command
//! and format. Excludes alerts, see `docs/alert.schema.json`, and the items that `table scan` prints. [`output`] lists
//! the fields of each command, and [`schema`] describes them for other programs.

pub(crate) mod output;
pub(crate) mod schema;

/// A field of CSV and JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    /// The column of CSV and the key of JSON.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// The meaning, in a sentence for users.
    pub(crate) meaning: &'static str,
    /// True if the value can be missing: empty in CSV, null in JSON.
    pub(crate) is_optional: bool,
}

impl Field {
    /// The same field in a command in which the value can be missing.
    pub(crate) const fn or_none(self) -> Self {
        Self {
            is_optional: true,
            ..self
        }
    }
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Sentences; joined by `; ` in CSV.
    Texts,
    /// One of these words.
    Word(&'static [&'static str]),
    Number,
    Boolean,
    /// `2026-08`
    Month,
    /// `2013-03-15`
    Day,
    /// `2026-08-14T09:30:00Z`
    Instant,
    /// An ISO date, `C` or `U`.
    CutOff,
}

/// Defines a constant for each field, and the list of all.
macro_rules! fields {
    ($($constant:ident $name:literal $kind:expr, $meaning:literal;)*) => {
        $(
            pub(crate) const $constant: Field = Field {
                name: $name,
                kind: $kind,
                meaning: $meaning,
                is_optional: false,
            };
        )*

        /// Every field, in the order of the documentation.
        pub(crate) const ALL: &[Field] = &[$($constant),*];
    };
}

const CHARTS: Kind = Kind::Word(&["final_action", "dates_for_filing"]);
const MOVEMENTS: Kind = Kind::Word(&[
    "advanced",
    "retrogressed",
    "unchanged",
    "became_current",
    "became_unavailable",
    "became_available",
    "left_current",
    "first_seen",
    "withdrawn",
    "unreadable",
]);

fields! {
    BULLETIN_MONTH "bulletin_month" Kind::Month, "The month of the bulletin.";
    CHART "chart" CHARTS, "The chart. For a watch or a subscription, the only chart that it is about.";
    PREFERENCE "preference" Kind::Word(&["family", "employment"]), "The kind of preference category.";
    CATEGORY "category" Kind::Text, "The code of the preference category, such as `EB3` or `F2A`.";
    AREA "area" Kind::Text, "The code of the column of the chart, such as `INDIA`, or `ALL` for all other areas.";
    COUNTRY "country" Kind::Text,
        "The code of the country of chargeability that was asked for. Its cut-off may be in the column of \
         another area.";
    CUTOFF "cutoff" Kind::CutOff,
        "The cut-off: an ISO date, `C` (current) or `U` (unavailable). Missing if the cell is unreadable.";
    VALUE "value" Kind::CutOff, "The same as `cutoff`. Only `parse` uses this name.";
    RAW_CATEGORY "raw_category" Kind::Text, "The label of the row as printed.";
    RAW_AREA "raw_area" Kind::Text, "The heading of the column as printed.";
    RAW_VALUE "raw_value" Kind::Text, "The text of the cell as printed.";
    PRIORITY_DATE "priority_date" Kind::Day, "The priority date.";
    IS_CURRENT "is_current" Kind::Boolean,
        "True if the priority date is current on this chart. Missing without a priority date, or if the cell is \
         unreadable.";
    DAYS_TO_ADVANCE "days_to_advance" Kind::Number,
        "The days by which the cut-off must advance until the priority date is current; 0 if it is current. \
         Missing if the cut-off is not a date.";
    MOVEMENT "movement" MOVEMENTS, "The movement of the cut-off since the earlier bulletin.";
    DAYS "days" Kind::Number, "The days of the movement; negative if the cut-off retrogressed.";
    FROM_MONTH "from_month" Kind::Month, "The month of the earlier bulletin.";
    TO_MONTH "to_month" Kind::Month, "The month of the later bulletin.";
    FROM_CUTOFF "from_cutoff" Kind::CutOff, "The cut-off of the earlier bulletin.";
    TO_CUTOFF "to_cutoff" Kind::CutOff, "The cut-off of the later bulletin.";
    SETTING "setting" Kind::Text, "The name of a setting, as in `config.toml`.";
    SETTING_VALUE "setting_value" Kind::Text, "The effective value of the setting; secrets are masked.";
    ORIGIN "origin" Kind::Text, "The place from which the value comes: an option, the environment, a file or the default.";
    MISSING_PART "missing_part" Kind::Text,
        "The part of the page that is missing, if the cell is: its row or its column.";
    CORRECTIONS "corrections" Kind::Number, "The number of corrections of the bulletin.";
    REPLACED_CUTOFF "replaced_cutoff" Kind::CutOff, "The cut-off that a correction replaced.";
    REPLACED_RAW_VALUE "replaced_raw_value" Kind::Text, "The text of the cell that a correction replaced.";
    REPLACED_RAW_VALUES "replaced_raw_values" Kind::Texts,
        "The texts of the cell that corrections replaced, oldest first.";
    REPLACED_AT "replaced_at" Kind::Instant, "The time of the correction.";
    HOST "host" Kind::Text, "The host that served the page.";
    OFFICIAL_PAGE "official_page" Kind::Text, "The address of the page on the department's site.";
    FIRST_SEEN_AT "first_seen_at" Kind::Instant,
        "The time at which the bulletin was first seen. Missing for shipped history.";
    FETCHED_AT "fetched_at" Kind::Instant, "The time of the last fetch of the page. Missing for shipped history.";
    CELLS "cells" Kind::Number, "The number of cells.";
    FINDINGS "findings" Kind::Texts, "The remarks of the reader about the page.";
    PENDING_HOST "pending_host" Kind::Text, "The host that served a different version, which awaits confirmation.";
    PENDING_AT "pending_at" Kind::Instant, "The time at which that version was first seen.";
    WATCH "watch" Kind::Number, "The number of the watch.";
    WHEN "when" Kind::Text, "The filter, as in `--when`; `bulletins` for a summary of every bulletin.";
    CHANNEL "channel" Kind::Word(&["terminal", "email", "exec"]), "The channel of the alerts.";
    TARGET "target" Kind::Text, "The abbreviated address or command.";
    TOPIC "topic" Kind::Text, "The topic: the code of a category, or `BULLETINS`.";
    PROTOCOL "protocol" Kind::Text, "The SNS protocol.";
    ENDPOINT "endpoint" Kind::Text, "The address, masked unless `--show-endpoints` is given.";
    STATE "state" Kind::Word(&["confirmed", "pending"]), "The state of the subscription.";
    FILTER "filter" Kind::Text, "The filter of the subscription, in words.";
    BULLETINS "bulletins" Kind::Number, "The number of stored bulletins.";
    OLDEST_MONTH "oldest_month" Kind::Month, "The month of the oldest stored bulletin.";
    NEWEST_MONTH "newest_month" Kind::Month, "The month of the newest stored bulletin.";
    MONTH_IN_FORCE "month_in_force" Kind::Month, "The month of the bulletin in force.";
    IN_FORCE_IS_STORED "in_force_is_stored" Kind::Boolean, "True if the bulletin in force is stored.";
    LAST_GOOD_POLL_AT "last_good_poll_at" Kind::Instant, "The time of the last successful poll.";
    LAST_FAILED_POLL_AT "last_failed_poll_at" Kind::Instant, "The time of the last failed poll.";
    LAST_FAILURE "last_failure" Kind::Text, "The reason why the last failed poll failed.";
    PAGES_WAITING "pages_waiting" Kind::Number, "The number of queued pages.";
    CHANGES_WAITING "changes_waiting" Kind::Number, "The number of changes whose alerts are not sent yet.";
    PROBLEMS "problems" Kind::Texts, "The problems.";
    REMARKS "remarks" Kind::Texts, "Remarks that need no action.";
    NEXT_STEPS "next_steps" Kind::Texts, "The steps that store bulletins which no host serves.";
    PART "part" Kind::Text, "The part that was checked.";
    VERDICT "verdict" Kind::Word(&["good", "warning", "problem", "unknown"]),
        "The verdict on the part; `unknown` if it cannot be checked from here.";
    DESCRIPTION "description" Kind::Text, "The finding about the part.";
    REMEDY "remedy" Kind::Text, "The remedy, in words.";
    COMMANDS "commands" Kind::Texts, "The commands of the remedy, in order.";
    QUEUE "queue" Kind::Text, "The queue of the dead letter.";
    ABOUT "about" Kind::Text, "The subject of the dead letter.";
    LINK_STATE "link_state" Kind::Text, "The state of the link to the page.";
    SENT_AT "sent_at" Kind::Instant, "The time at which the message was first sent.";
    RECEIVES "receives" Kind::Number, "The number of times the message was received.";
    REASON "reason" Kind::Text, "The reason why it was given up.";
    MESSAGE "message" Kind::Text, "The identifier of the message.";
    IS_STORED "is_stored" Kind::Boolean, "True if the bulletin is stored.";
    PATH_IS_KNOWN "path_is_known" Kind::Boolean, "True if the path is known, false if it is predicted.";
    PATH "path" Kind::Text, "The path of the page.";
    HEADLINE "headline" Kind::Text, "The headline of the alert.";
    MARK "mark" Kind::Text, "The mark that records the alert as sent.";
    TABLE "table" Kind::Text, "The name of the table.";
    STAGE "stage" Kind::Text, "The stage of the deployment.";
    TABLE_KIND "table_kind" Kind::Word(&["data", "links", "marks"]), "The kind of the table.";
    STATUS "status" Kind::Text, "The status of the table; `ACTIVE` if it is ready.";
    KEYS "keys" Kind::Text, "The keys of the table.";
    INDEXES "indexes" Kind::Texts, "The indexes of the table, with their keys and projections.";
    STREAM "stream" Kind::Text, "The view type of the stream.";
    STREAM_ARN "stream_arn" Kind::Text, "The ARN of the stream.";
    BILLING "billing" Kind::Text, "The billing mode.";
    ITEMS "items" Kind::Number,
        "The number of items. `table describe` prints the number that DynamoDB updates about every six hours.";
    BYTES "bytes" Kind::Number, "The size of the table, updated about every six hours.";
    DELETION_PROTECTION "deletion_protection" Kind::Boolean, "True if the table is protected against deletion.";
    POINT_IN_TIME_RECOVERY "point_in_time_recovery" Kind::Boolean,
        "True if the table can be restored to any second of the last 35 days.";
    TIME_TO_LIVE "time_to_live" Kind::Text, "The attribute by which items expire.";
    ITEM_KIND "item_kind" Kind::Text, "The kind of the items; `total` for all.";
    LOST_VALUES "lost_values" Kind::Number, "The number of items whose C or U was stored as a date, and is lost.";
    OUTCOME "outcome" Kind::Word(&["to_move", "moved", "already_there", "left"]),
        "The outcome of the migration, planned or done.";
    IS_LISTED "is_listed" Kind::Boolean, "True if the source lists the page.";
    DELETED_ITEMS "deleted_items" Kind::Number, "The number of old items that were deleted.";
    REASONS "reasons" Kind::Texts, "The reasons why the bulletin is not migrated, or needs its page.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_name_has_one_meaning_and_every_field_is_used() {
        let names: BTreeSet<&str> = ALL.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), ALL.len());
        let used: BTreeSet<&str> = output::ALL
            .iter()
            .flat_map(|output| output.fields)
            .map(|field| field.name)
            .collect();
        assert_eq!(names, used);
    }
}
