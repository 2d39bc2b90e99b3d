//! The contract of every store, on a real SQLite file.

use std::cell::RefCell;

use pipeline::testing::contract;
use sqlite::SqliteStore;
use tempfile::TempDir;

#[tokio::test(flavor = "current_thread")]
async fn sqlite_keeps_the_contract_of_a_store() {
    let folders: RefCell<Vec<TempDir>> = RefCell::default();
    contract::all(async || {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("bulletins.db")).unwrap();
        folders.borrow_mut().push(folder);
        store
    })
    .await;
}
