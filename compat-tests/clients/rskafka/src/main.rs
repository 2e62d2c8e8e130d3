//! rskafka: of the clients in Rust alone the one that is maintained, with records as Kafka has them today: headers, null
//! values, all codecs (the crate `kafka` has none of these, `rdkafka` is librdkafka). It has no groups and no configs.

mod checks;

use std::time::Duration;

use checks::{COUNT, Checks, MIDDLE_MS, MIDDLE_OFFSETS, Outcome, Row, equal, row, rows, same_rows};
use rskafka::client::partition::{Compression, OffsetAt, PartitionClient, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder};
use rskafka::record::Record;

const NAME: &str = "rskafka";
const ADMIN: &str = "rskafka-admin";
const TOPIC: &str = "rskafka-none";
const CODECS: [(&str, Compression); 5] = [
    ("none", Compression::NoCompression),
    ("gzip", Compression::Gzip),
    ("snappy", Compression::Snappy),
    ("lz4", Compression::Lz4),
    ("zstd", Compression::Zstd),
];

fn time(ms: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(ms).expect("a time")
}

async fn partition(client: &Client, topic: &str, partition: i32) -> Outcome<PartitionClient> {
    Ok(client
        .partition_client(topic, partition, UnknownTopicHandling::Retry)
        .await?)
}

async fn produce(
    client: &Client,
    topic: &str,
    codec: Compression,
    first: i32,
    last: i32,
) -> Outcome<()> {
    for p in 0..3 {
        let wanted: Vec<Row> = rows(first, last)
            .into_iter()
            .filter(|r| r.partition == p)
            .collect();
        let out = partition(client, topic, p).await?;
        // One request for each piece, so that partitions have several batches.
        for piece in wanted.chunks(25) {
            let records = piece.iter().map(|r| Record {
                key: r.key.clone(),
                value: r.value.clone(),
                headers: r.headers.clone(),
                timestamp: time(r.timestamp),
            });
            let offsets = out.produce(records.collect(), codec).await?;
            equal(offsets, piece.iter().map(|r| r.offset).collect())?;
        }
    }
    Ok(())
}

/// So many records of a partition, from the offset.
async fn read_from(
    client: &Client,
    topic: &str,
    p: i32,
    offset: i64,
    wanted: usize,
) -> Outcome<Vec<Row>> {
    let reader = partition(client, topic, p).await?;
    let mut got = Vec::new();
    let mut next = offset;
    while got.len() < wanted {
        let (records, _) = reader.fetch_records(next, 1..1_000_000, 500).await?;
        for one in records {
            next = one.offset + 1;
            got.push(Row {
                partition: p,
                offset: one.offset,
                timestamp: one.record.timestamp.timestamp_millis(),
                key: one.record.key,
                value: one.record.value,
                headers: one.record.headers,
            });
        }
    }
    got.truncate(wanted);
    Ok(got)
}

async fn read_all(client: &Client, topic: &str, count: i32) -> Outcome<Vec<Row>> {
    let mut got = Vec::new();
    for p in 0..3 {
        got.extend(read_from(client, topic, p, 0, ((count - p + 2) / 3) as usize).await?);
    }
    Ok(got)
}

async fn partitions_of(client: &Client, topic: &str) -> Outcome<Vec<i32>> {
    let topics = client.list_topics().await?;
    Ok(topics
        .into_iter()
        .filter(|t| t.name == topic)
        .flat_map(|t| t.partitions)
        .collect())
}

async fn offsets(client: &Client, at: OffsetAt) -> Outcome<Vec<i64>> {
    let mut got = Vec::new();
    for p in 0..3 {
        got.push(partition(client, TOPIC, p).await?.get_offset(at).await?);
    }
    Ok(got)
}

async fn make_topics(client: &Client, checks: &mut Checks) {
    checks
        .check("create-topic", async {
            let controller = client.controller_client()?;
            for (codec, _) in CODECS {
                controller
                    .create_topic(format!("{NAME}-{codec}"), 3, 1, 10_000)
                    .await?;
            }
            Ok(controller.create_topic(ADMIN, 3, 1, 10_000).await?)
        })
        .await;
    checks
        .check("list-topics", async {
            let names = CODECS
                .iter()
                .map(|(codec, _)| format!("{NAME}-{codec}"))
                .chain([ADMIN.to_owned()]);
            for name in names {
                while partitions_of(client, &name).await?.is_empty() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            Ok(())
        })
        .await;
    checks
        .check("describe-topic", async {
            equal(partitions_of(client, ADMIN).await?, vec![0, 1, 2])
        })
        .await;
}

async fn write_and_read(client: &Client, checks: &mut Checks) {
    for (codec, compression) in CODECS {
        let topic = format!("{NAME}-{codec}");
        checks
            .check(&format!("codec-{codec}"), async {
                produce(client, &topic, compression, 0, COUNT).await?;
                same_rows(read_all(client, &topic, COUNT).await?, rows(0, COUNT))
            })
            .await;
    }
    let got = tokio::time::timeout(Duration::from_secs(30), read_all(client, TOPIC, COUNT)).await;
    let got = got.ok().and_then(Result::ok).unwrap_or_default();
    checks
        .field("headers", &got, |r| format!("{:?}", r.headers))
        .await;
    checks
        .field("null-key", &got, |r| format!("{:?}", r.key))
        .await;
    checks
        .field("tombstone", &got, |r| format!("{:?}", r.value))
        .await;
    checks
        .field("timestamps", &got, |r| r.timestamp.to_string())
        .await;
}

async fn times(client: &Client, checks: &mut Checks) {
    checks
        .check("watermarks", async {
            equal(offsets(client, OffsetAt::Earliest).await?, vec![0, 0, 0])?;
            equal(
                offsets(client, OffsetAt::Latest).await?,
                vec![100, 100, 100],
            )
        })
        .await;
    checks
        .check("offsets-for-times", async {
            equal(
                offsets(client, OffsetAt::Timestamp(time(MIDDLE_MS))).await?,
                MIDDLE_OFFSETS.to_vec(),
            )?;
            equal(
                offsets(client, OffsetAt::Timestamp(time(MIDDLE_MS + 1_000_000_000))).await?,
                vec![-1, -1, -1],
            )
        })
        .await;
    checks
        .check("seek-by-time", async {
            let start = partition(client, TOPIC, 2)
                .await?
                .get_offset(OffsetAt::Timestamp(time(MIDDLE_MS)))
                .await?;
            same_rows(read_from(client, TOPIC, 2, start, 1).await?, vec![row(101)])
        })
        .await;
}

async fn delete_records(client: &Client, checks: &mut Checks) {
    checks
        .check("delete-records", async {
            let admin = partition(client, ADMIN, 0).await?;
            let records = (0..10).map(|i| Record {
                key: None,
                value: Some(format!("{i}").into_bytes()),
                headers: Default::default(),
                timestamp: time(MIDDLE_MS),
            });
            admin
                .produce(records.collect(), Compression::NoCompression)
                .await?;
            admin.delete_records(5, 10_000).await?;
            let got = read_from(client, ADMIN, 0, 5, 5).await?;
            let values: Vec<Option<Vec<u8>>> = got.into_iter().map(|r| r.value).collect();
            equal(
                values,
                (b'5'..=b'9').map(|digit| Some(vec![digit])).collect(),
            )?;
            equal(admin.get_offset(OffsetAt::Earliest).await?, 5)
        })
        .await;
}

async fn before(client: &Client, checks: &mut Checks) {
    make_topics(client, checks).await;
    write_and_read(client, checks).await;
    times(client, checks).await;
    delete_records(client, checks).await;
    checks.none(&[
        "describe-configs",
        "rebalance",
        "list-groups",
        "describe-group",
        "commit",
        "resume",
        "new-group",
        "mixed-group",
        "share-group",
    ]);
    checks.none(&[
        "alter-configs",
        "create-partitions",
        "transaction",
        "transaction-offset",
    ]);
}

async fn after(client: &Client, checks: &mut Checks) {
    checks
        .check("restart-records", async {
            for (codec, _) in CODECS {
                same_rows(
                    read_all(client, &format!("{NAME}-{codec}"), COUNT).await?,
                    rows(0, COUNT),
                )?;
            }
            Ok(())
        })
        .await;
    checks
        .check("restart-produce", async {
            produce(client, TOPIC, Compression::NoCompression, COUNT, COUNT + 3).await?;
            same_rows(
                read_all(client, TOPIC, COUNT + 3).await?,
                rows(0, COUNT + 3),
            )
        })
        .await;
    checks
        .check("delete-topic", async {
            client
                .controller_client()?
                .delete_topic(ADMIN, 10_000)
                .await?;
            while !partitions_of(client, ADMIN).await?.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok(())
        })
        .await;
    checks.none(&[
        "restart-configs",
        "restart-commit",
        "delete-offsets",
        "delete-group",
    ]);
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let bootstrap = std::env::var("BOOTSTRAP")?;
    let client = ClientBuilder::new(vec![bootstrap]).build().await?;
    let mut checks = Checks::default();
    match std::env::args().nth(1).as_deref() {
        Some("before") => before(&client, &mut checks).await,
        _ => after(&client, &mut checks).await,
    }
    std::process::exit(checks.status());
}
