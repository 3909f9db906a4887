"""What people ask in earnest: every statement is answered."""

import httpx2
import pytest

STATEMENTS = """
SELECT outlet, count() FROM articles GROUP BY outlet ORDER BY 2 DESC
SELECT * FROM articles LIMIT 3
select count(*), count(distinct outlet), uniq(story) from articles
SELECT * EXCEPT (text, removed) FROM articles WHERE time > now64(3, 'UTC') - INTERVAL 6 HOUR
SELECT title FROM guests.articles WHERE title ILIKE '%dam%' OR match(title, '(?i)file|url')
SELECT 'file', 'DROP TABLE x; --', "title" FROM articles
WITH recent AS (SELECT * FROM articles), 3 AS three SELECT count() + three FROM recent
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n
SELECT outlet, row_number() OVER (PARTITION BY outlet ORDER BY time DESC) AS place FROM articles
SELECT time, sum(1) OVER w, lagInFrame(title, 1) OVER w FROM articles WINDOW w AS (ORDER BY time ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)
SELECT outlet, count() AS n FROM articles GROUP BY outlet WITH TOTALS HAVING n > 0 QUALIFY rank() OVER (ORDER BY n) < 5
SELECT a.title, m.name FROM articles AS a INNER JOIN mentions AS m ON m.article = a.id
SELECT * FROM articles AS a LEFT JOIN article_places AS p ON p.article = a.id AND p.role = 'where'
SELECT * FROM mentions AS a ASOF JOIN mentions AS b ON a.entity = b.entity AND a.time >= b.time
SELECT title FROM articles SEMI LEFT JOIN mentions ON mentions.article = articles.id
SELECT id FROM articles WHERE id IN (SELECT article FROM mentions WHERE name = 'Ilısu')
SELECT id FROM articles WHERE id NOT IN ('a', 'b') AND (id, version) IN (SELECT id, version FROM article_versions)
WITH some AS (SELECT story FROM stories) SELECT count() FROM articles WHERE story IN some
SELECT arrayMap(x -> upper(x), texts), arrayJoin(texts), length(texts) FROM mentions
SELECT arrayFilter((x, i) -> i > 1, texts, arrayEnumerate(texts)), arrayReduce('sum', [1, 2]) FROM mentions
SELECT t FROM mentions ARRAY JOIN texts AS t
SELECT extra, JSONExtractString(extra, 'desk'), simpleJSONHas(extra, 'x') FROM articles
SELECT toStartOfHour(time) AS hour, count() FROM articles GROUP BY hour ORDER BY hour WITH FILL STEP INTERVAL 1 HOUR
SELECT toStartOfInterval(time, INTERVAL 15 MINUTE) AS t, uniqExactIf(id, relation = 'original') FROM articles GROUP BY t
SELECT quantile(0.5)(salience), quantiles(0.5, 0.9)(salience), topK(3)(name), avgIf(salience, count > 1) FROM mentions
SELECT groupArray(10)(title), groupUniqArray(outlet), argMax(title, time), any(url), anyLast(url) FROM articles
SELECT uniqMerge(s) FROM (SELECT uniqState(id) AS s FROM articles GROUP BY outlet)
SELECT sumMap(map('a', 1)), sumOrNull(1), countIfOrDefault(1), maxSimpleState(1) FROM articles
SELECT CASE relation WHEN 'copy' THEN 1 ELSE 0 END, CASE WHEN 1 THEN 2 END, if(1, 2, 3), multiIf(1, 2, 3) FROM articles
SELECT title || '!', lower(title), substring(title, 1, 3), position('a' IN title), splitByChar(' ', title) FROM articles
SELECT domain(url), cutToFirstSignificantSubdomain(url), path(url), extractURLParameter(url, 'q') FROM articles
SELECT CAST(1 AS String), 1::Float64, toTypeName(1), toInt32OrNull('x'), DATE '2026-01-01', TIMESTAMP '2026-01-01 00:00:00'
SELECT greatCircleDistance(lat, lon, 41.0, 29.0), geoToH3(toFloat64(lat), toFloat64(lon), 5) FROM article_places
SELECT (1, 'a').1, tuple(1, 2) = (1, 2), [1, 2][1], map('a', 1)['a']
SELECT EXISTS(SELECT 1), 1 IS NULL, NULL IS NOT NULL, 1 BETWEEN 0 AND 2, NOT 1, -1, 5 % 2, 5 DIV 2
SELECT now(), now64(3), today(), yesterday(), dateDiff('day', now(), now()), formatDateTime(now(), '%Y'), toDayOfWeek(now())
SELECT EXTRACT(YEAR FROM now()), date_trunc('day', now()), dateAdd(DAY, 1, now()), toTimeZone(now(), 'Asia/Tokyo')
SELECT levenshteinDistance('a', 'b'), ngramDistance('a', 'b'), cosineDistance([1, 2], [2, 3]), cityHash64('a'), hex(MD5('a'))
SELECT round(1.5), floor(1.5), sqrt(2), pow(2, 3), log(2), greatest(1, 2), least(1, 2), abs(-1), rand() % 2
SELECT DISTINCT outlet FROM articles LIMIT 1 OFFSET 0
SELECT outlet, title FROM articles ORDER BY time DESC NULLS LAST LIMIT 1 BY outlet LIMIT 5
SELECT id FROM articles UNION ALL SELECT id FROM articles UNION DISTINCT SELECT 'x'
SELECT id FROM articles INTERSECT SELECT id FROM articles EXCEPT SELECT 'x'
SELECT outlet, relation, count() FROM articles GROUP BY GROUPING SETS ((outlet), (relation))
SELECT outlet, count() FROM articles GROUP BY ALL ORDER BY ALL
SELECT outlet, count() FROM articles GROUP BY CUBE(outlet)
SELECT COLUMNS('^o') FROM articles
SELECT number, bar(number, 0, 10, 10), formatReadableSize(number) FROM numbers(10)
SELECT * FROM generate_series(1, 3)
SELECT * FROM values('a UInt8, b String', (1, 'x'))
SELECT seriesDecomposeSTL([10.0, 2, 3, 10, 2, 3, 10, 2, 3], 3), seriesOutliersDetectTukey([1, 2, 3, 4, 100, 5])
SELECT transform(number, [1, 2], ['a', 'b'], 'c'), formatRow('CSV', number) FROM numbers(3)
SELECT * FROM trend_rising(at = now64(3, 'UTC'), window = 3600, baseline = 604800) LIMIT 20
SELECT * FROM trend_timeline(entity = 'Q252', at = now64(3, 'UTC'), window = 86400, step = 3600)
SELECT r.name FROM guests.trend_related(entity = 'x', at = now64(3, 'UTC'), window = 604800) AS r
SELECT * FROM trend_places(at = toDateTime64('2026-03-02 00:00:00', 3, 'UTC'), window = 86400)
SELECT outlet FROM trend_sources(at = now64(3, 'UTC'), window = 86400)
FROM articles SELECT title
(SELECT 1)
SELECT 1 -- a comment; and more
SELECT /* a comment */ 1 AS "a name with spaces", 2 AS `another`
SELECT $$it's$$ AS x, 'a;b' AS y;
SELECT ‘curly’ AS x
SELECT title FROM articles FORMAT JSONEachRow
SELECT title FROM articles FORMAT Parquet
SELECT title FROM articles FORMAT Null
SHOW TABLES
SHOW TABLES LIKE 'trend%'
SHOW TABLES FROM guests FORMAT JSON
SHOW DATABASES
SHOW COLUMNS FROM articles
SHOW CREATE TABLE articles
SHOW CREATE VIEW stories
SHOW FUNCTIONS LIKE 'toDate%'
SHOW SETTINGS LIKE 'max_thr%'
EXISTS TABLE articles
DESCRIBE TABLE articles
DESC mentions
DESCRIBE (SELECT 1 AS x)
EXPLAIN SELECT count() FROM articles
EXPLAIN indexes = 1 SELECT count() FROM article_rows WHERE id = 'a'
EXPLAIN PIPELINE SELECT 1
EXPLAIN SYNTAX SELECT 1
EXPLAIN ESTIMATE SELECT count() FROM article_rows
SELECT version(), timezone(), currentDatabase(), currentUser()
SELECT name, value, readonly FROM system.settings LIMIT 10000
SELECT name, engine, total_rows, comment FROM system.tables WHERE database = currentDatabase()
SELECT count(*) FROM system.tables
SELECT name FROM system.databases
SELECT * FROM system.columns WHERE database = 'guests' AND table = 'articles'
SELECT * FROM system.functions WHERE name = 'sum'
SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'guests'
SELECT * FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'articles'
SELECT * FROM system.one
SELECT * FROM system.numbers LIMIT 3
SELECT description FROM system.data_type_families LIMIT 1
""".strip().split("\n")


@pytest.mark.parametrize("statement", STATEMENTS)
def test_it_is_answered(guests: httpx2.Client, statement: str) -> None:
    answer = guests.post("/", content=statement)
    assert answer.status_code == 200, answer.text
