//! The records that are written, and a line for each check of checks.txt.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

pub type Outcome<T> = Result<T, Box<dyn Error>>;

pub const COUNT: i32 = 300;
pub const BASE_MS: i64 = 1_700_000_000_000;
pub const MIDDLE_MS: i64 = BASE_MS + 100_500;
pub const MIDDLE_OFFSETS: [i64; 3] = [34, 34, 33];

/// A record as it was written or read; the client sorts headers.
#[derive(Debug, PartialEq)]
pub struct Row {
    pub partition: i32,
    pub offset: i64,
    pub timestamp: i64,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: BTreeMap<String, Vec<u8>>,
}

/// The record of the number, as it has to be.
pub fn row(i: i32) -> Row {
    let key = (i % 5 != 0).then(|| format!("key-{i}").into_bytes());
    let tombstone = key.is_some() && i % 7 == 0;
    let mut headers = BTreeMap::new();
    if i % 2 == 0 {
        headers.insert("number".to_owned(), i.to_string().into_bytes());
        headers.insert("empty".to_owned(), Vec::new());
    }
    Row {
        partition: i % 3,
        offset: i64::from(i / 3),
        timestamp: BASE_MS + 1000 * i64::from(i),
        value: (!tombstone)
            .then(|| format!("value-{i}-{}", "x".repeat((i % 50) as usize)).into_bytes()),
        key,
        headers,
    }
}

/// From a number to before another, in the order of partitions.
pub fn rows(first: i32, last: i32) -> Vec<Row> {
    let mut all: Vec<Row> = (first..last).map(row).collect();
    all.sort_by_key(|r| r.partition);
    all
}

pub fn equal<T: PartialEq + Debug>(got: T, wanted: T) -> Outcome<()> {
    if got == wanted {
        Ok(())
    } else {
        Err(format!("got {got:?} in place of {wanted:?}").into())
    }
}

pub fn same_rows(got: Vec<Row>, wanted: Vec<Row>) -> Outcome<()> {
    let counts = (got.len(), wanted.len());
    for (one, other) in got.into_iter().zip(wanted) {
        equal(one, other)?;
    }
    equal(counts.0, counts.1)
}

#[derive(Default)]
pub struct Checks {
    failed: bool,
}

impl Checks {
    /// One line for what the body does, within a time; then the program goes on.
    pub async fn check(&mut self, name: &str, body: impl Future<Output = Outcome<()>>) {
        let outcome = match tokio::time::timeout(Duration::from_secs(30), body).await {
            Ok(outcome) => outcome,
            Err(late) => Err(late.into()),
        };
        match outcome {
            Ok(()) => println!("ok {name}"),
            Err(why) => {
                self.failed = true;
                let why = why.to_string();
                println!(
                    "FAILED {name}: {}",
                    why.split_whitespace().collect::<Vec<_>>().join(" ")
                );
            }
        }
    }

    pub fn none(&self, names: &[&str]) {
        names.iter().for_each(|name| println!("none {name}"));
    }

    /// The check of a single field, of the records that were read from the topic without a codec.
    pub async fn field(&mut self, name: &str, got: &[Row], field: impl Fn(&Row) -> String) {
        self.check(name, async {
            equal(got.len(), COUNT as usize)?;
            for one in got {
                let wanted = row(one.offset as i32 * 3 + one.partition);
                equal(
                    (one.partition, one.offset, field(one)),
                    (one.partition, one.offset, field(&wanted)),
                )?;
            }
            Ok(())
        })
        .await;
    }

    pub fn status(&self) -> i32 {
        i32::from(self.failed)
    }
}
