-- The article's vector: 384 int8 of length 500, a row where its language has one. It hardly compresses.

CREATE TABLE IF NOT EXISTS vector_rows (
    article String,
    version UInt32,
    time DateTime64(3, 'UTC'),
    relation LowCardinality(String),
    language LowCardinality(String),
    story String,
    vector Array(Int8) CODEC(ZSTD(1))
) ENGINE = ReplacingMergeTree
PARTITION BY toYear(time)
ORDER BY (article, version)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;
