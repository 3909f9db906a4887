-- Every move of a story, kept: `story_move_rows` has where an id leads now, here is how it came there. `article` told both stories.

CREATE TABLE IF NOT EXISTS story_history_rows (
    source String,
    target String,
    at DateTime64(3, 'UTC'),
    article String
) ENGINE = ReplacingMergeTree
ORDER BY (source, at, target)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 5, cleanup_delay_period = 5, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 10;
