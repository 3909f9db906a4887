CREATE OR REPLACE VIEW feeds AS
SELECT f.url AS url, if(f.title != '', f.title, s.title) AS title, f.outlet AS outlet, f.language AS language,
    f.`group` AS `group`, f.added AS added, if(s.url = '', 'not yet read', s.status) AS status, s.detail AS detail,
    nullIf(s.checked, toDateTime64(0, 3, 'UTC')) AS checked, nullIf(s.next, toDateTime64(0, 3, 'UTC')) AS next,
    s.failures AS failures, s.last_ok AS last_ok, s.last_new AS last_new,
    s.seen AS seen, s.published AS published, s.unchanged AS unchanged, s.dropped AS dropped
FROM feed_rows AS f FINAL
LEFT JOIN (SELECT * FROM feed_state_rows FINAL) AS s ON f.url = s.url
WHERE f.removed = 0;

-- Where every article that entered came to: one row per offset of articles.raw and end.
-- `origin_partition` is null for what never reached the log (a bad line of a file).
CREATE OR REPLACE VIEW outcomes AS
SELECT origin_partition, origin_offset, 'stored' AS outcome, '' AS stage, '' AS reason, '' AS detail, id, fetched AS at,
    '' AS source, toUInt64(0) AS dead_offset
FROM article_rows FINAL
UNION ALL
SELECT origin_partition, origin_offset, kind AS outcome, stage, reason, detail, id, at, source, dead_offset
FROM ended_rows FINAL
UNION ALL
SELECT toNullable(origin_partition), toNullable(origin_offset), 'erased', '', '', '', '', toDateTime64(0, 3, 'UTC'),
    '', toUInt64(0)
FROM erased_origins FINAL;

CREATE OR REPLACE VIEW deliveries AS
SELECT id, alert, hook, rule, created, status, next, attempts, last_status, last_detail
FROM delivery_rows FINAL WHERE removed = 0 AND alert NOT IN (SELECT key FROM alert_rows FINAL WHERE removed = 1);

CREATE OR REPLACE VIEW alerts AS
SELECT a.key AS key, a.rule AS rule, a.fired AS fired, if(m.target != '', m.target, a.story) AS story, a.article AS article, a.title AS title,
    a.url AS url, a.outlet AS outlet, a.count AS count,
    d.hooks AS hooks, d.delivered AS delivered, d.pending AS pending, d.failed AS failed
FROM (SELECT * FROM alert_rows FINAL WHERE removed = 0) AS a
LEFT JOIN (
    SELECT alert, count() AS hooks, countIf(status = 'delivered') AS delivered, countIf(status = 'pending') AS pending,
        countIf(status = 'failed') AS failed
    FROM deliveries GROUP BY alert
) AS d ON a.key = d.alert
LEFT JOIN story_moves AS m ON a.story = m.source;

-- What ended early, for `newstide dlq`: `number` is its offset in articles.dead, where the bytes are.
CREATE OR REPLACE VIEW dead_letters AS
SELECT dead_offset AS number, at, kind, stage, reason, detail, id, origin_partition, origin_offset,
    if(topic != '', concat(topic, ':', toString(partition), ':', toString(offset)), source) AS met, size
FROM ended_rows FINAL;
