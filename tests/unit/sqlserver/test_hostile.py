"""What a guest tries that it must not: each statement is refused, nothing leaks, nothing is written, the server lives."""

from pathlib import Path

import httpx2
import pytest

from newstide.ports import Store

SECRET = "the-secret-of-this-machine"

HOSTILE = """
SELECT file('{secret}')
SELECT `file`('{secret}')
SELECT "file"('{secret}')
SELECT file /* between */ ('{secret}')
SELECT upper(file('{secret}'))
SELECT 1 WHERE file('{secret}') != ''
SELECT 1 ORDER BY file('{secret}')
SELECT 1 LIMIT length(file('{secret}'))
SELECT arrayMap(file, ['{secret}'])
SELECT arrayMap(`file`, ['{secret}'])
SELECT arrayMap(x -> file(x), ['{secret}'])
WITH x -> file(x) AS f SELECT f('{secret}')
WITH file AS f SELECT arrayMap(f, ['{secret}'])
SELECT * APPLY(file) FROM (SELECT '{secret}' AS x)
SELECT COLUMNS('x') APPLY(x -> file(x)) FROM (SELECT '{secret}' AS x)
SELECT * REPLACE (file(x) AS x) FROM (SELECT '{secret}' AS x)
SELECT sum(length(file('{secret}'))) OVER () FROM numbers(1)
SELECT row_number() OVER (ORDER BY file('{secret}'))
WITH (SELECT file('{secret}')) AS x SELECT x
SELECT number FROM numbers(toUInt64(length(file('{secret}'))))
EXPLAIN SELECT file('{secret}')
EXPLAIN SYNTAX SELECT file('{secret}')
EXPLAIN QUERY TREE SELECT file('{secret}')
SHOW TABLES WHERE name = file('{secret}')
SHOW TABLES LIMIT length(file('{secret}'))
SHOW COLUMNS FROM articles WHERE file('{secret}') != ''
SELECT * FROM file('{secret}', 'LineAsString')
SELECT * FROM `file`('{secret}')
SELECT * FROM fileCluster('default', '{secret}', 'LineAsString')
SELECT * FROM filesystem('{secret}')
SELECT * FROM '{secret}'
SELECT * FROM `{secret}`
SELECT * FROM default.`{secret}`
DESCRIBE TABLE file('{secret}')
DESCRIBE TABLE url('http://127.0.0.1:1/', 'CSV')
SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')
SELECT * FROM urlCluster('default', 'http://127.0.0.1:1/', 'CSV', 'a String')
SELECT * FROM s3('http://127.0.0.1:1/b/k', 'CSV', 'a String')
SELECT * FROM s3Cluster('default', 'http://127.0.0.1:1/b/k', 'CSV', 'a String')
SELECT * FROM gcs('http://127.0.0.1:1/b/k', 'CSV', 'a String')
SELECT * FROM azureBlobStorage('c', 'c', 'b', 'CSV')
SELECT * FROM hdfs('hdfs://127.0.0.1:1/f', 'CSV', 'a String')
SELECT * FROM remote('127.0.0.1:1', 'system.one')
SELECT * FROM remoteSecure('127.0.0.1:1', 'system.one')
SELECT * FROM cluster('default', 'system.one')
SELECT * FROM clusterAllReplicas('default', 'system.one')
SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')
SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')
SELECT * FROM mongodb('127.0.0.1:1', 'd', 't', 'u', 'p', 'a String')
SELECT * FROM redis('127.0.0.1:1', 'k', 'k String')
SELECT * FROM sqlite('{secret}', 't')
SELECT * FROM jdbc('x', 's', 't')
SELECT * FROM odbc('DSN=x', 's', 't')
SELECT * FROM executable('cat {secret}', 'LineAsString', 'a String')
SELECT * FROM python('secret')
SELECT * FROM Python(secret)
SELECT * FROM input('a String')
SELECT * FROM merge('system', '.*')
SELECT * FROM merge(REGEXP('.*'), 'users')
SELECT * FROM loop(system.users)
SELECT * FROM view(SELECT file('{secret}'))
SELECT * FROM viewExplain('EXPLAIN', '', (SELECT 1))
SELECT * FROM eval('SELECT 1')
SELECT * FROM dictionary('d')
SELECT * FROM iceberg('http://127.0.0.1:1/')
SELECT * FROM deltaLake('http://127.0.0.1:1/')
SELECT * FROM icebergLocal('{secret}')
SELECT * FROM mergeTreeIndex('guests', 'article_rows')
SELECT * FROM fuzzQuery('SELECT 1')
SELECT dictGet('d', 'x', 1)
SELECT joinGet('guests.j', 'x', 1)
SELECT hasColumnInTable('system', 'users', 'name')
SELECT sleep(3)
SELECT sleepEachRow(1) FROM numbers(10)
SELECT getServerSetting('path')
SELECT getMacro('x')
SELECT hostName()
SELECT FQDN()
SELECT fqdn()
SELECT serverUUID()
SELECT getOSKernelVersion()
SELECT filesystemAvailable()
SELECT showCertificate()
SELECT demangle('_Z1fv')
SELECT addressToLine(1)
SELECT aiGenerate('say it')
SELECT AIGenerate('say it')
SELECT catboostEvaluate('{secret}', 1)
SELECT evalMLMethod(1, 2)
SELECT structureToProtobufSchema('a UInt8')
SELECT currentRequestURL()
SELECT getClientHTTPHeader('authorization')
SELECT formatQuery('SELECT 1')
SELECT no_such_function(1)
SELECT 1 INTO OUTFILE '{out}'
SELECT 1 INTO /**/ OUTFILE '{out}'
SELECT 1 into outfile '{out}' TRUNCATE FORMAT CSV
SELECT 1 INTO OUTFILE '{out}' AND STDOUT
SELECT 1 INTO OUTFILE '{out}' COMPRESSION 'gzip'
(SELECT 1) UNION ALL (SELECT 2) INTO OUTFILE '{out}'
EXPLAIN SELECT 1 INTO OUTFILE '{out}'
DESCRIBE TABLE articles INTO OUTFILE '{out}'
SHOW TABLES INTO OUTFILE '{out}'
SHOW CREATE TABLE articles INTO OUTFILE '{out}'
EXISTS TABLE articles INTO OUTFILE '{out}'
SELECT 1 SETTINGS readonly = 0
SELECT 1 SETTINGS max_execution_time = 0
SELECT * FROM (SELECT 1 SETTINGS max_memory_usage = 0)
SELECT 1 FORMAT JSON SETTINGS output_format_schema = '{out}'
SELECT 1 SETTINGS format_schema = '{secret}' FORMAT Protobuf
EXPLAIN SELECT 1 SETTINGS readonly = 0
DESCRIBE TABLE articles SETTINGS describe_include_subcolumns = 1
SELECT 1 SETTINGS profile = 'default'
SET readonly = 0
SET max_execution_time = 0
SET ROLE DEFAULT
SET param_x = 1
USE system
SYSTEM FLUSH LOGS
SYSTEM STOP MERGES
SYSTEM SHUTDOWN
SYSTEM RELOAD CONFIG
KILL QUERY WHERE 1
KILL MUTATION WHERE 1
INSERT INTO article_rows (id) VALUES ('x')
INSERT INTO FUNCTION file('{out}', 'CSV', 'a UInt8') VALUES (1)
INSERT INTO article_rows SELECT * FROM article_rows
INSERT INTO article_rows FROM INFILE '{secret}' FORMAT LineAsString
EXPLAIN INSERT INTO article_rows SELECT * FROM article_rows
CREATE TABLE x (a UInt8) ENGINE = Memory
CREATE TEMPORARY TABLE x (a UInt8)
CREATE TABLE x ENGINE = File(CSV) AS SELECT 1
CREATE VIEW x AS SELECT file('{secret}')
CREATE MATERIALIZED VIEW x ENGINE = Memory AS SELECT 1
CREATE DATABASE x
CREATE DATABASE x ENGINE = SQLite('{secret}')
CREATE FUNCTION f AS x -> file(x)
CREATE DICTIONARY d (a UInt64) PRIMARY KEY a SOURCE(FILE(path '{secret}' format 'CSV')) LAYOUT(FLAT()) LIFETIME(0)
CREATE USER x
CREATE NAMED COLLECTION x AS a = 1
CREATE WORKLOAD x
CREATE RESOURCE x (WRITE DISK d)
DROP TABLE article_rows
DROP VIEW articles
DROP DATABASE guests
DROP FUNCTION f
UNDROP TABLE article_rows
TRUNCATE TABLE article_rows
TRUNCATE DATABASE guests
RENAME TABLE article_rows TO x
EXCHANGE TABLES article_rows AND mention_rows
ATTACH TABLE x
DETACH TABLE article_rows
OPTIMIZE TABLE article_rows FINAL
ALTER TABLE article_rows DELETE WHERE 1
ALTER TABLE article_rows ADD COLUMN x UInt8
DELETE FROM article_rows WHERE 1
UPDATE article_rows SET title = '' WHERE 1
BACKUP TABLE article_rows TO File('{out}')
RESTORE TABLE article_rows FROM File('{secret}')
CHECK TABLE article_rows
GRANT ALL ON *.* TO default
REVOKE ALL ON *.* FROM default
BEGIN TRANSACTION
COMMIT
EXECUTE AS default SELECT 1
SHOW PROCESSLIST
SHOW GRANTS
SHOW CREATE USER default
SHOW ACCESS
SHOW CREATE TABLE system.users
SHOW CLUSTERS
EXPLAIN TABLE OVERRIDE mysql('127.0.0.1:1', 'a', 'b', 'c', 'd') PARTITION BY x
SELECT * FROM system.users
SELECT * FROM `system`.`users`
SELECT * FROM `system.users`
SELECT * FROM SYSTEM.users
SELECT * FROM system.processes
SELECT * FROM system.query_log
SELECT * FROM system.server_settings
SELECT * FROM system.build_options
SELECT * FROM system.parts
SELECT * FROM system.disks
SELECT * FROM system.detached_parts
SELECT * FROM system.named_collections
SELECT * FROM system.clusters
SELECT * FROM system.user_directories
SELECT * FROM system.metrics
SELECT * FROM system.stack_trace
SELECT * FROM system.errors
SELECT * FROM system.remote_data_paths
SELECT * FROM system.tables
FROM system.tables
SELECT t.* FROM system.tables AS t
SELECT COLUMNS('path') FROM system.tables
SELECT * EXCEPT (name) FROM system.databases
SELECT data_paths FROM system.tables
SELECT t.data_paths[1] FROM system.tables AS t
SELECT data_paths.size0 FROM system.tables
SELECT metadata_path FROM system.tables
SELECT data_path FROM system.databases
SELECT x FROM (SELECT data_path AS x FROM system.databases)
SELECT 1 FROM articles JOIN system.users ON 1
SELECT 1 WHERE 'default' IN system.users
SELECT 1 WHERE ('default', 1) NOT IN (system.users)
SELECT 1 WHERE 1 GLOBAL IN system.parts
SELECT (SELECT count() FROM system.users)
WITH u AS (SELECT * FROM system.users) SELECT * FROM u
SELECT 1 UNION ALL SELECT 1 FROM system.users
DESCRIBE TABLE (SELECT * FROM system.users)
SELECT 1; SELECT file('{secret}')
SELECT 1; DROP TABLE article_rows
SELECT 1 FORMAT TSVRaw; SELECT file('{secret}')
SELECT ‘'’ ; SELECT 1 INTO OUTFILE '{out}' --'
SELECT “"” ; SELECT 1 INTO OUTFILE '{out}' --"
SELECT ‘'’, file('{secret}') --'
SELECT $$'$$ ; SELECT 1 INTO OUTFILE '{out}' --'
SELECT $a$ ' $a$, file('{secret}') --'
SELECT '\\\\' ; SELECT 1 INTO OUTFILE '{out}' --'
SELECT 1 -- ' \\nINTO OUTFILE '{out}'
SELECT 1 #! '\\n, file('{secret}') #'
SELECT 1 /* /* */ */, file('{secret}') /* */
SELECT fi\u200ble('{secret}')
SELECT fi\u00adle('{secret}')
SELECT f\u0456le('{secret}')
SELECT \uff46\uff49\uff4c\uff45('{secret}')
SELECT\u00a0file('{secret}')
\ufeffSELECT file('{secret}')
SELECT file\u3000('{secret}')
SELECT `a\\nFunction count`, file('{secret}') FROM (SELECT 1 AS `a\\nFunction count`)
SELECT 1 AS `x\\n Literal 1`, `y\\\\z`
SELECT * FROM `system.one (alias x)`.users
SELECT 1 AS `x\\0y`
VALUES (1)
""".strip("\n").split("\n")


def _made(statement: str, tmp_path: Path) -> tuple[str, Path, Path]:
    secret, out = tmp_path / "secret.txt", tmp_path / "out.txt"
    secret.write_text(SECRET)
    text = statement.replace("{secret}", str(secret)).replace("{out}", str(out))
    return text.replace("\\n", "\n").replace("\\0", "\0").replace("\\\\", "\\"), secret, out


@pytest.mark.parametrize("statement", HOSTILE)
def test_it_is_refused(guests: httpx2.Client, filled: Store, tmp_path: Path, statement: str) -> None:
    text, secret, out = _made(statement, tmp_path)
    for answer in (guests.post("/", content=text.encode()), guests.get("/", params={"query": text})):
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["x-clickhouse-exception-code"]
        assert SECRET not in answer.text
    assert not out.exists()
    assert secret.read_text() == SECRET
    assert filled.query("SELECT count() FROM article_rows").scalar() == 2


@pytest.mark.parametrize(
    "raw",
    [b"SELECT file('\xff')", "SELECT file('/etc/hostname')".encode("utf-16"), b"SELECT 1\x00; SELECT 2", b"\x1f\x8b\x08", b";", b"", b"   \n"],
)  # fmt: skip
def test_what_is_no_text_is_refused(guests: httpx2.Client, raw: bytes) -> None:
    assert guests.post("/", content=raw).status_code in {400, 403}


@pytest.mark.parametrize(
    "query",
    [
        {"output_format_schema": "/tmp/newstide-out"},
        {"format_schema": "/etc/hostname"},
        {"format_template_row": "/etc/hostname"},
        {"input_format_record_errors_file_path": "/tmp/newstide-out"},
        {"max_ast_depth": "1000000"},
        {"max_query_size": "0"},
        {"database": "system"},
        {"database": "default; DROP TABLE x"},
        {"default_format": "../../etc/passwd"},
        {"default_format": "JSON SETTINGS readonly=0"},
        {"query": "SELECT * FROM {t:Identifier}", "param_t": "system.users"},
        {"query": "SELECT {t:Identifier}", "param_t": "a\nFunction file"},
        {"output_format_json_quote_64bit_integers": "1', readonly = '0"},
    ],
)
def test_a_request_lifts_no_limit(guests: httpx2.Client, query: dict[str, str]) -> None:
    answer = guests.get("/", params={"query": "SELECT 1", **query})
    assert 400 <= answer.status_code < 500, answer.text


LIMITS = ("readonly", "max_execution_time", "max_memory_usage", "max_result_rows", "max_result_bytes", "max_threads")


@pytest.mark.parametrize("asked", ["0", "99999999999999", "-1", "1e18", "18446744073709551615"])
def test_a_limit_stays_what_it_is(guests: httpx2.Client, asked: str) -> None:
    names = ", ".join(f"'{name}'" for name in LIMITS)
    query = f"SELECT name, value FROM system.settings WHERE name IN ({names}) FORMAT JSONCompactColumns"
    plain = guests.post("/", content=query).json()
    assert guests.post("/", content=query, params=dict.fromkeys(LIMITS, asked)).json() == plain
    assert "0" not in plain[1]


def test_a_limit_can_be_tightened(guests: httpx2.Client) -> None:
    query = "SELECT number FROM numbers(10)"
    assert (
        guests.post("/", content=query, params={"max_result_rows": "5"}).headers["x-clickhouse-exception-code"] == "396"
    )


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT count() FROM numbers(1000000000000000)", "159"),
        ("SELECT length(groupArray(repeat('x', 1000000))) FROM numbers(10000)", "241"),
        ("SELECT number FROM numbers(2000000)", "396"),
        ("SELECT repeat('x', 3000) FROM numbers(1000000)", "241"),
        ("SELECT " + "+".join(["1"] * 100_000), "167"),
        ("SELECT " + "(" * 50_000 + "1" + ")" * 50_000, "306"),
        ("SELECT " + "not " * 60_000 + "1", "167"),
        ("SELECT '" + "x" * 2_000_000 + "'", "307"),
    ],
    ids=["long", "large", "many rows", "wide rows", "deep tree", "deep brackets", "deep nots", "long text"],
)
def test_what_is_too_much_ends_with_its_code_and_the_server_lives(
    guests: httpx2.Client, statement: str, code: str
) -> None:
    answer = guests.post("/", content=statement, params={"max_execution_time": "2", "max_memory_usage": "100000000"})
    assert answer.status_code >= 400
    assert answer.headers["x-clickhouse-exception-code"] == code, answer.text[:300]
    assert guests.post("/", content="SELECT 1").text == "1\n"
