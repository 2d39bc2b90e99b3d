//! Items that a migration does not move, and its report about them.

use super::*;

/// The bulletin with a different value in one cell.
fn with(text: &str, key: RowKey, value: &str) -> Bulletin {
    let bulletin = bulletin(text);
    let rows = bulletin.rows().map(|row| Row {
        reading: if row.key == key {
            Reading::CutOff(value.parse().unwrap())
        } else {
            row.reading
        },
        ..row.clone()
    });
    Bulletin::new(bulletin.month(), rows.collect::<Vec<_>>()).unwrap()
}

#[test]
fn what_cannot_be_read_is_named_and_its_month_is_left() {
    for emulator in emulators().take(1) {
        let stage = stage_with(
            emulator,
            &[
                ("2024-05", Layout::ByMonth),
                ("2024-06", Layout::ByMonth),
                ("2024-07", Layout::ByMonth),
            ],
        );
        let (client, table) = (client(&stage), stage.tables().data);
        let sk = "FILING_TYPE#final_action#COUNTRY#NARNIA#CATEGORY#EB3";
        let garbage = [
            item(&[
                ("pk", "BULLETIN_DATE#2024-05"),
                ("sk", sk),
                ("date", "2012-01-01"),
            ]),
            item(&[("pk", "session"), ("sk", "42"), ("user", "somebody")]),
        ];
        run(put(&client, &table, garbage.to_vec()));
        let mut misread = items(Layout::ByMonth, &bulletin("2024-06")).remove(0);
        misread.insert("date".into(), AttributeValue::S("soon".into()));
        let misread_key = key(&misread);
        run(put(&client, &table, vec![misread]));
        let before = run(scan(&client, &table));

        let answer = stage
            .bulletin(&DO_IT)
            .exits(1)
            .prints(&["1 migrated, 0 already migrated, 2 skipped"])
            .says_in_a_line(&[
                "2024-05 is not migrated",
                "BULLETIN_DATE#2024-05",
                sk,
                "sk:",
                "NARNIA",
            ])
            .says_in_a_line(&["2024-06 is not migrated", &misread_key.1, "date:", "soon"]);
        answer.says_in_a_line(&[&table, "pk=\"session\"", "sk=\"42\""]);
        let after = run(scan(&client, &table));
        for (key, item) in &before {
            let is_gone = key.0 == "BULLETIN_DATE#2024-07";
            assert_eq!(after.get(key), Some(item).filter(|_| !is_gone), "{key:?}");
        }
        assert_eq!(stored(&stage), fed_with(emulator, &["2024-07"]));
    }
}

#[test]
fn a_page_that_says_otherwise_or_is_not_there_leaves_its_month_alone() {
    for emulator in emulators().take(1) {
        let stage = stage_with(
            emulator,
            &[("2024-06", Layout::ByLabel), ("2024-07", Layout::ByLabel)],
        );
        let (client, table) = (client(&stage), stage.tables().data);
        // In one month the old program misread a cell; in another it lost which cells are C or U.
        run(put(
            &client,
            &table,
            items(Layout::ByMonth, &with("2024-05", EB3_CHINA, "2019-01-01")),
        ));
        sample::save(&stage.folder, &["2024-05"]);
        run(put(&client, &table, items(Layout::ByMonth, &bulletin("2024-04"))));
        let before = run(scan(&client, &table));
        stage
            .bulletin(&MIGRATE)
            .exits(0)
            .prints(&[&format!("{} (not listed)", file("2024-04"))]);
        stage
            .bulletin(&DO_IT)
            .exits(1)
            .prints(&["2 migrated, 0 already migrated, 2 skipped"])
            .says_in_a_line(&[
                "2024-05 is not migrated",
                "Final Action Dates EB3 CHINA is 2019-01-01 in the old item and 2020-09-01 there",
            ])
            .says_in_a_line(&[
                "2024-04 is not migrated",
                "lost whether they are C or U",
                "has no file of that month",
            ]);
        let after = run(scan(&client, &table));
        let left =
            |key: &(String, String)| key.0 == "BULLETIN_DATE#2024-05" || key.0 == "BULLETIN_DATE#2024-04";
        assert!(
            before
                .iter()
                .filter(|(key, _)| left(key))
                .all(|(key, item)| after.get(key) == Some(item))
        );

        // A month that is stored with different cells is left too.
        stage.ingest(&["2024-05"]);
        stage
            .bulletin(&DO_IT)
            .exits(1)
            .prints(&["0 migrated, 0 already migrated, 2 skipped"])
            .says_in_a_line(&["2024-05 is not migrated", "2019-01-01", "today's layout"]);
        // After the page of April is saved and the value of May is corrected, both are moved.
        sample::save(&stage.folder, &["2024-04"]);
        run(put(&client, &table, items(Layout::ByMonth, &bulletin("2024-05"))));
        stage
            .bulletin(&DO_IT)
            .exits(0)
            .prints(&["1 migrated, 1 already migrated, 0 skipped"]);
        assert_eq!(
            stored(&stage),
            fed_with(emulator, &["2024-04", "2024-05", "2024-06", "2024-07"])
        );
    }
}

#[test]
fn a_month_that_lost_nothing_can_be_moved_without_its_page() {
    for emulator in emulators().take(1) {
        let stage = Stage::of_tables(emulator);
        let (client, table) = (client(&stage), stage.tables().data);
        let of_dates =
            pipeline::testing::bulletin_of(month("2024-05"), |_| CutOff::Date("2012-01-01".parse().unwrap()));
        run(put(&client, &table, items(Layout::ByMonth, &of_dates)));
        let mut lacking = items(
            Layout::ByMonth,
            &pipeline::testing::bulletin_of(month("2024-04"), |_| {
                CutOff::Date("2012-01-01".parse().unwrap())
            }),
        );
        lacking.remove(0);
        run(put(&client, &table, lacking));
        std::fs::create_dir(stage.folder.path("pages")).unwrap();
        stage
            .bulletin(&DO_IT)
            .exits(1)
            .prints(&[
                "migrated from its items",
                "1 migrated, 0 already migrated, 1 skipped",
            ])
            .says_in_a_line(&["2024-04 is not migrated", "it lacks"]);
        let stored = stored(&stage);
        let rows = &stored.rows[&month("2024-05")];
        assert_eq!(rows.len(), of_dates.rows().len());
        assert!(
            rows.iter().all(|(_, host)| *host == format!("table {table}")),
            "the host says where it is from"
        );
        assert_eq!(stored.records[0].1, CellDigest::of(&of_dates));
    }
}

#[test]
fn a_table_that_is_none_of_these_is_refused() {
    for emulator in emulators().take(1) {
        let stage = Stage::of_tables(emulator);
        sample::save(&stage.folder, &["2024-05"]);
        stage
            .bulletin(&[&MIGRATE[..], &["--from-table", "NoSuchTable"]].concat())
            .exits(1)
            .says(&["there is no table NoSuchTable", "--from-table"]);
        let table = format!("Other-{}", stage.deployment.stage());
        run(create(&client(&stage), &table, ["month", "cell"]));
        stage
            .bulletin(&[&MIGRATE[..], &["--from-table", &table]].concat())
            .exits(1)
            .says(&["has the keys month and cell"]);
        stage
            .bulletin(&["table", "migrate", "--source", "nowhere"])
            .exits(1)
            .says(&["nowhere"]);
    }
}
