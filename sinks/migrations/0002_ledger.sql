-- The ledger's other half: what ended early, what was erased, and how far the sink has come.

CREATE TABLE IF NOT EXISTS ended_rows (
    kind LowCardinality(String),
    stage LowCardinality(String),
    reason LowCardinality(String),
    detail String CODEC(ZSTD(3)),
    at DateTime64(3, 'UTC'),
    id String,
    origin_partition Nullable(UInt16),
    origin_offset Nullable(UInt64),
    source String,
    topic LowCardinality(String),
    partition UInt16,
    offset UInt64,
    size UInt64,
    sha256 String,
    dead_offset UInt64
) ENGINE = ReplacingMergeTree(dead_offset)
PARTITION BY toYear(at)
ORDER BY (stage, reason, topic, partition, offset, source, sha256)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

CREATE TABLE IF NOT EXISTS erased_rows (
    id String,
    at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(at)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

-- Offsets of articles.raw whose article was erased after it had been stored.
CREATE TABLE IF NOT EXISTS erased_origins (
    origin_partition UInt16,
    origin_offset UInt64
) ENGINE = ReplacingMergeTree
ORDER BY (origin_partition, origin_offset)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

-- A range is frozen here before it is inserted, so that a crash repeats it with the same bounds.
CREATE TABLE IF NOT EXISTS sink_ranges (
    topic LowCardinality(String),
    partition UInt16,
    first UInt64,
    last UInt64
) ENGINE = ReplacingMergeTree(first)
ORDER BY (topic, partition)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

-- The watermark: everything below `next` is in the store.
CREATE TABLE IF NOT EXISTS sink_watermarks (
    topic LowCardinality(String),
    partition UInt16,
    next UInt64
) ENGINE = ReplacingMergeTree(next)
ORDER BY (topic, partition)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;
