-- Articles, one row per version. `fetched` is in the key for an article that comes back when the resolver has
-- forgotten it and begins at version 1 again: both are kept, and the ledger finds both. Row keys are deterministic: a replay writes the same rows again and
-- ReplacingMergeTree keeps one. The partition key is coarse, since the deduplication window counts
-- blocks per partition and an archive of many years must fit in one insert. Parts are synced to disk before an
-- offset is committed on their strength, so parts that were merged or mutated away need not be kept for long:
-- what was erased leaves the disk within seconds.

CREATE TABLE IF NOT EXISTS article_rows (
    id String,
    version UInt32,
    content String,
    outlet LowCardinality(String),
    url String CODEC(ZSTD(3)),
    feed LowCardinality(String),
    title String CODEC(ZSTD(3)),
    author String CODEC(ZSTD(3)),
    published Nullable(DateTime64(3, 'UTC')),
    fetched DateTime64(3, 'UTC'),
    language LowCardinality(String),
    extra String CODEC(ZSTD(3)),
    time DateTime64(3, 'UTC'),
    dateline_place String,
    dateline_date String,
    dateline_agency LowCardinality(String),
    text String CODEC(ZSTD(6)),
    removed String CODEC(ZSTD(3)),
    relation LowCardinality(String),
    of String,
    story String,
    origin_partition Nullable(UInt16),
    origin_offset Nullable(UInt64),
    made_by String CODEC(ZSTD(3))
) ENGINE = ReplacingMergeTree
PARTITION BY toYear(time)
ORDER BY (id, version, fetched)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

CREATE TABLE IF NOT EXISTS mention_rows (
    entity String,
    time DateTime64(3, 'UTC'),
    article String,
    version UInt32,
    name String,
    type LowCardinality(String),
    texts Array(String) CODEC(ZSTD(3)),
    salience Float32,
    count UInt32,
    relation LowCardinality(String),
    outlet LowCardinality(String),
    language LowCardinality(String),
    story String
) ENGINE = ReplacingMergeTree
PARTITION BY toYear(time)
ORDER BY (entity, time, article, version)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

CREATE TABLE IF NOT EXISTS topic_rows (
    topic LowCardinality(String),
    time DateTime64(3, 'UTC'),
    article String,
    version UInt32,
    name LowCardinality(String),
    score Float32,
    relation LowCardinality(String),
    outlet LowCardinality(String),
    story String
) ENGINE = ReplacingMergeTree
PARTITION BY toYear(time)
ORDER BY (topic, time, article, version)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

CREATE TABLE IF NOT EXISTS place_rows (
    place String,
    time DateTime64(3, 'UTC'),
    article String,
    version UInt32,
    name String,
    country LowCardinality(String),
    lat Float32,
    lon Float32,
    role LowCardinality(String),
    relation LowCardinality(String),
    outlet LowCardinality(String),
    story String
) ENGINE = ReplacingMergeTree
PARTITION BY toYear(time)
ORDER BY (place, time, article, version)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

-- Later knowledge: a correction is a row here, and the views overlay it.

CREATE TABLE IF NOT EXISTS story_move_rows (
    source String,
    target String,
    at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(at)
ORDER BY source
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;

CREATE TABLE IF NOT EXISTS lineage_rows (
    article String,
    relation LowCardinality(String),
    of String,
    evidence String,
    at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(at)
ORDER BY article
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;
