//! The `bulletin` command from a user's view: its output, its exit code, and the file afterwards. Start with
//! [`tool`], which runs the command in a temporary folder; [`sample`] provides pages, and [`stage`] deployments.

#![expect(
    clippy::unwrap_used,
    reason = "what every test needs stands outside of tests, and a test that cannot have it has failed"
)]

mod access;
mod aws_error;
mod bad_page;
mod bad_word;
mod cell;
mod check;
mod clock;
mod colour;
mod completion;
mod config;
mod confirm;
mod database;
mod day;
mod doctor;
mod exec;
mod export;
mod format;
mod golden;
mod help;
mod history_file;
mod mail;
mod migrate;
mod operations_page;
mod outputs;
mod pager;
mod ping;
mod plot;
mod preview;
mod progress;
mod quiet;
mod readme;
mod reference;
mod replay;
mod run;
mod sample;
mod saved_page;
mod server;
mod service;
mod shipped;
mod shipped_page;
mod stage;
mod subscribe;
mod table_file;
mod table_items;
mod terminal;
mod tool;
mod undelivered;
mod upgrade;
mod views;
mod watch;
mod web;
mod width;
