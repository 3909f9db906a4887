-- The catalogue, the feeds' health, alerts and their deliveries, as tables for SQL.

CREATE TABLE IF NOT EXISTS feed_rows (
    url String,
    title String,
    outlet String,
    language LowCardinality(String),
    `group` String,
    added Nullable(DateTime64(3, 'UTC')),
    removed UInt8,
    position UInt64
) ENGINE = ReplacingMergeTree(position)
ORDER BY url
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

CREATE TABLE IF NOT EXISTS feed_state_rows (
    url String,
    status LowCardinality(String),
    detail String,
    checked DateTime64(3, 'UTC'),
    next DateTime64(3, 'UTC'),
    failures UInt32,
    last_ok Nullable(DateTime64(3, 'UTC')),
    last_new Nullable(DateTime64(3, 'UTC')),
    title String,
    seen UInt32,
    published UInt32,
    unchanged UInt32,
    dropped UInt32,
    position UInt64
) ENGINE = ReplacingMergeTree(position)
ORDER BY url
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

CREATE TABLE IF NOT EXISTS alert_rows (
    key String,
    rule LowCardinality(String),
    fired DateTime64(3, 'UTC'),
    story String,
    article String,
    title String,
    url String,
    outlet LowCardinality(String),
    count UInt32,
    removed UInt8,
    position UInt64
) ENGINE = ReplacingMergeTree(position)
ORDER BY key
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

CREATE TABLE IF NOT EXISTS delivery_rows (
    id String,
    alert String,
    hook LowCardinality(String),
    rule LowCardinality(String),
    created DateTime64(3, 'UTC'),
    status LowCardinality(String),
    next Nullable(DateTime64(3, 'UTC')),
    attempts UInt32,
    last_status Nullable(UInt16),
    last_detail String,
    removed UInt8,
    position UInt64
) ENGINE = ReplacingMergeTree(position)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;
