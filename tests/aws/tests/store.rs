#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

//! The contract of the stores on the emulator and on DynamoDB Local, and behavior that only DynamoDB has.

use std::collections::BTreeMap;

use aws::config::Tables;
use aws::{BULLETIN_INDEX, DynamoStore};
use aws_harness::emulator::Emulator;
use aws_harness::proxy::Proxy;
use aws_harness::run;
use aws_harness::table::{self, StreamReader};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodbstreams::types::{OperationType, Record};
use bulletin::{Area, Bulletin, Category, Chart, CutOff, Month, Row, RowKey};
use chrono::NaiveDate;
use pipeline::port::{BulletinStore, Clock, Fetched};
use pipeline::testing::{FixedClock, ScriptedSource, bulletin_of, contract, link_of, page_of};
use pipeline::{Parsed, Parser};

const EB3_INDIA: RowKey = RowKey {
    chart: Chart::FinalAction,
    category: Category::Eb3,
    area: Area::INDIA,
};

struct Fresh {
    store: DynamoStore,
    emulator: Emulator,
    client: Client,
    tables: Tables,
    stream: StreamReader,
    clock: FixedClock,
}

impl Fresh {
    async fn on(emulator: &Emulator) -> Self {
        let emulator = emulator.apart();
        let config = emulator.config();
        let client = Client::new(&config);
        let (tables, stream) = table::create(&client).await;
        Self {
            store: DynamoStore::new(client.clone(), tables.clone()),
            stream: StreamReader::new(&config, &stream),
            emulator,
            client,
            tables,
            clock: FixedClock::noon("2024-03-13"),
        }
    }

    /// Stores a page that was added manually.
    async fn feed(&self, bulletin: &Bulletin) -> Parsed {
        self.read(bulletin, "by hand").await
    }

    async fn read(&self, bulletin: &Bulletin, host: &str) -> Parsed {
        let source = ScriptedSource::new(&self.clock, &[]);
        let ingester = Parser {
            source: &source,
            store: &self.store,
            clock: &self.clock,
        };
        let page = Fetched {
            body: page_of(bulletin),
            host: host.into(),
            at: self.clock.now(),
            by_hand: host == "by hand",
        };
        ingester
            .parse_page(
                &page,
                None,
                pipeline::Accept {
                    missing: true,
                    ..pipeline::Accept::default()
                },
            )
            .await
            .unwrap()
            .2
    }
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn bulletin(text: &str, eb3_india: &str) -> Bulletin {
    let date = |text: &str| CutOff::Date(NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap());
    bulletin_of(month(text), |key| {
        date(if key == EB3_INDIA { eb3_india } else { "2010-05-01" })
    })
}

/// The number of records by kind (insert, modify, remove) and key prefix.
fn kinds(records: &[Record]) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for record in records {
        let event = record.event_name.as_ref().map_or("", OperationType::as_str);
        let key = record
            .dynamodb
            .as_ref()
            .and_then(|body| body.keys.as_ref()?.get("pk")?.as_s().ok())
            .and_then(|key| key.split('#').next())
            .unwrap_or_default();
        *kinds.entry(format!("{event} {key}")).or_default() += 1;
    }
    kinds
}

fn on_both(test: impl AsyncFn(Fresh)) {
    for emulator in [Emulator::shared_ministack(), Emulator::shared_dynamodb_local()]
        .into_iter()
        .flatten()
    {
        run(async { test(Fresh::on(emulator).await).await });
    }
}

async fn contract_on(emulator: &Emulator) {
    contract::all(async || {
        let client = Client::new(&emulator.apart().config());
        let (tables, _) = table::create(&client).await;
        DynamoStore::new(client, tables)
    })
    .await;
}

#[test]
fn the_store_keeps_its_contract_on_the_emulator() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(contract_on(emulator));
}

#[test]
fn the_store_keeps_its_contract_on_dynamodb_local() {
    let Some(emulator) = Emulator::shared_dynamodb_local() else {
        return;
    };
    run(contract_on(emulator));
}

#[test]
fn what_says_nothing_new_leaves_no_record_in_the_stream() {
    on_both(async |mut fresh| {
        let march = bulletin("2024-03", "2012-07-01");
        let cells = march.rows().len();
        let cases = march.cases().len();
        fresh.feed(&march).await;
        let mut first = kinds(&fresh.stream.read().await);
        // The catalogue counts the cases of each transaction.
        first.retain(|kind, _| !kind.ends_with("CATALOGUE"));
        let expected = [
            ("INSERT BULLETIN", 1),
            ("INSERT FILING_TYPE", cells),
            ("INSERT STANDING", cases),
        ];
        assert_eq!(
            first,
            expected
                .map(|(kind, count)| (kind.to_owned(), count))
                .into_iter()
                .collect()
        );
        assert_eq!(fresh.feed(&march).await, Parsed::Unchanged);
        assert!(fresh.stream.read().await.is_empty());
        // A correction of one cell writes that cell, its case and the bulletin.
        fresh.feed(&bulletin("2024-03", "2012-07-15")).await;
        let corrected = kinds(&fresh.stream.read().await);
        let expected = ["MODIFY BULLETIN", "MODIFY FILING_TYPE", "MODIFY STANDING"];
        assert_eq!(
            corrected,
            expected.map(|kind| (kind.to_owned(), 1)).into_iter().collect()
        );
    });
}

#[test]
fn two_parsers_on_the_same_page_at_once_end_as_one() {
    on_both(async |mut fresh| {
        fresh.feed(&bulletin("2024-03", "2012-07-01")).await;
        fresh.stream.read().await;
        let april = bulletin("2024-04", "2012-08-01");
        let source = ScriptedSource::new(&fresh.clock, &["one.example.com"]);
        source.publish(&april);
        let other = DynamoStore::new(fresh.client.clone(), fresh.tables.clone());
        let (link, clock) = (link_of(april.month()), &fresh.clock);
        let on = |store| Parser {
            source: &source,
            store,
            clock,
        };
        let (one, two) = (on(&fresh.store), on(&other));
        let (first, second) = tokio::join!(one.parse_link(&link), two.parse_link(&link));
        let outcomes = [first.unwrap(), second.unwrap()];
        assert!(
            outcomes
                .iter()
                .any(|outcome| matches!(outcome, Parsed::Stored { .. }))
        );
        let written = kinds(&fresh.stream.read().await);
        let expected = [
            ("INSERT BULLETIN", 1),
            ("INSERT FILING_TYPE", april.rows().len()),
            ("MODIFY CATALOGUE", 1),
            ("MODIFY STANDING", april.cases().len()),
        ];
        assert_eq!(
            written,
            expected
                .map(|(kind, count)| (kind.to_owned(), count))
                .into_iter()
                .collect()
        );
        for stored in fresh.store.standings().await.unwrap() {
            assert_eq!(stored.version, 2, "{}", stored.standing.case);
        }
    });
}

#[test]
fn a_country_that_never_had_a_column_is_found_again() {
    on_both(async |fresh| {
        let brazil: Area = "Brazil".parse().unwrap();
        let whole = bulletin("2024-03", "2012-07-01");
        let mut rows: Vec<Row> = whole.rows().cloned().collect();
        let mut with_column: Vec<Row> = rows
            .iter()
            .filter(|row| row.key.area == Area::MEXICO)
            .cloned()
            .collect();
        for row in &mut with_column {
            row.key.area = brazil;
            row.raw.area = "BRAZIL".into();
        }
        rows.extend(with_column);
        let whole = Bulletin::new(whole.month(), rows).unwrap();
        fresh.feed(&whole).await;
        let stored = fresh.store.rows(whole.month()).await.unwrap();
        assert_eq!(stored.len(), whole.rows().len());
        let standings = fresh.store.standings().await.unwrap();
        assert!(standings.iter().any(|stored| stored.standing.case.area == brazil));
    });
}

#[test]
fn a_cell_that_a_correction_takes_away_keeps_its_past() {
    on_both(async |fresh| {
        let first = bulletin("2024-03", "2012-07-01");
        fresh.feed(&first).await;
        // Remove the whole column: a single missing cell would be blank, which is unreadable and not removed.
        let rest = first.rows().filter(|row| {
            (row.key.chart, row.key.area, row.key.category.preference())
                != (EB3_INDIA.chart, EB3_INDIA.area, EB3_INDIA.category.preference())
        });
        let rest: Vec<Row> = rest.cloned().collect();
        fresh
            .feed(&Bulletin::new(first.month(), rest.clone()).unwrap())
            .await;
        let rows = fresh.store.rows(first.month()).await.unwrap();
        assert_eq!(rows.len(), rest.len());
        let history = fresh.store.history(EB3_INDIA, None, None).await.unwrap();
        assert!(history.is_empty());
        fresh.feed(&bulletin("2024-03", "2012-07-15")).await;
        let history = fresh.store.history(EB3_INDIA, None, None).await.unwrap();
        assert_eq!(history.len(), 1);
        assert_eq!(history[0].earlier.len(), 1);
        assert_eq!(
            history[0].earlier[0].value.map(|value| value.to_string()),
            Some("2012-07-01".into())
        );
    });
}

#[test]
fn the_index_gives_a_whole_bulletin() {
    on_both(async |fresh| {
        let march = bulletin("2024-03", "2012-07-01");
        fresh.feed(&march).await;
        fresh.feed(&bulletin("2024-04", "2012-07-01")).await;
        let found = fresh
            .client
            .query()
            .table_name(&fresh.tables.data)
            .index_name(BULLETIN_INDEX)
            .key_condition_expression("bulletin_date = :date")
            .expression_attribute_values(":date", AttributeValue::S("2024-03-01".into()))
            .send()
            .await
            .unwrap();
        assert_eq!(found.items().len(), march.rows().len());
        let india = found
            .items()
            .iter()
            .find(|item| item["pk"].as_s().unwrap() == "FILING_TYPE#final_action#CATEGORY#EB3#COUNTRY#INDIA");
        let india = india.unwrap();
        assert_eq!(india["sk"].as_s().unwrap(), "BULLETIN_DATE#2024-03-01");
        assert_eq!(india["date"].as_s().unwrap(), "2012-07-01");
        assert_eq!(india["status"].as_s().unwrap(), "date");
    });
}

/// The cost of a whole bulletin of 150 cells: counted calls, and write units by AWS's rules from the items'
/// sizes (two for each kilobyte in a transaction, and one for each of a row in the index), because no
/// emulator counts transactions.
#[test]
fn a_bulletin_takes_few_calls_and_units() {
    let Some(emulator) = Emulator::shared_dynamodb_local() else {
        return;
    };
    run(async {
        let proxy = Proxy::before(emulator.port(), 0.0, 0);
        let mut fresh = Fresh::on(emulator).await;
        let config = fresh.emulator.config_by(&proxy.endpoint());
        fresh.store = DynamoStore::new(Client::new(&config), fresh.tables.clone());
        for (text, which) in [("2024-02", "first"), ("2024-03", "second"), ("2024-04", "third")] {
            let bulletin = bulletin(text, "2012-07-01");
            assert_eq!(bulletin.rows().len(), 150);
            fresh.feed(&bulletin).await;
            let calls = proxy.calls();
            println!("{which} bulletin: {calls:?}");
            assert!(calls.values().sum::<usize>() <= 20, "{calls:?}");
        }
        // A page that is added manually again is compared with every row; a page from a host is not.
        fresh
            .read(&bulletin("2024-04", "2012-07-01"), "a.example.com")
            .await;
        let calls = proxy.calls();
        println!("the same again: {calls:?}");
        // One read of the bulletin's record, and its note among the links.
        assert_eq!(calls.values().sum::<usize>(), 2, "{calls:?}");

        let scanned = fresh.client.scan().table_name(&fresh.tables.data).send().await;
        let (mut units, mut largest) = (0, 0);
        for item in scanned.unwrap().items() {
            let bytes = operations::table::size(item);
            let kilobytes = bytes.div_ceil(1024);
            let (pk, sk) = (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap());
            if pk.starts_with("STANDING#") {
                largest = largest.max(bytes);
                units += 2 * kilobytes;
            } else if sk.ends_with("2024-04-01") {
                units += 3 * kilobytes;
            } else if pk == "BULLETIN#2024-04-01" || pk == "CATALOGUE" {
                units += 2 * kilobytes;
            }
        }
        println!("the third bulletin: {units} write units; the largest standing has {largest} bytes");
        assert!(units <= 800, "{units}");
    });
}
