"""The interface as clients see it: where things stand in a request, and what an answer carries."""

import gzip
import json
import zlib

import httpx2
import lz4.frame
import pytest
import zstandard

from newstide.engines import grants

MANY = "SELECT number FROM numbers(5000)"
PLAIN = "".join(f"{n}\n" for n in range(5000)).encode()


def test_ping_and_replicas_status(guests: httpx2.Client) -> None:
    assert guests.get("/ping").content == guests.get("/replicas_status").content == b"Ok.\n"
    assert guests.get("/elsewhere").status_code == 404


def test_the_statement_is_in_the_query_string_the_body_or_both(guests: httpx2.Client) -> None:
    assert guests.get("/", params={"query": "SELECT 1"}).text == "1\n"
    assert guests.post("/", params={"query": "SELECT 1"}).text == "1\n"
    assert guests.post("/", content="SELECT 1").text == "1\n"
    assert guests.post("/", params={"query": "SELECT 1 +"}, content="1").text == "2\n"
    assert guests.post("/", content=(part for part in (b"SELECT", b" 1"))).text == "1\n"  # in chunks
    assert guests.post("/", data={"SELECT 1": ""}).status_code == 400  # a form of a browser is no statement


def test_parameters_are_bound(guests: httpx2.Client) -> None:
    asked = {"query": "SELECT {a:String}, {n:UInt8} + 1, {l:Array(String)}", "param_a": "it's ünï", "param_n": "4"}
    assert guests.get("/", params={**asked, "param_l": "['x','y']"}).text == "it\\'s ünï\t5\t['x','y']\n"
    view = "SELECT count() FROM trend_sources(at = {at:DateTime64(3, 'UTC')}, window = {w:UInt32})"
    found = guests.get("/", params={"query": view, "param_at": "2026-03-01 13:00:00", "param_w": "86400"})
    assert found.text == "2\n"


def test_a_form_carries_what_is_too_long_for_an_address(guests: httpx2.Client) -> None:
    fields = {"query": (None, "SELECT length({a:String}), {b:String}"), "param_a": (None, "x" * 200_000)}
    answer = guests.post("/", files={**fields, "param_b": (None, "ünï")})
    assert answer.text == "200000\tünï\n"


@pytest.mark.parametrize(
    ("query", "headers", "format"),
    [
        ({}, {}, "TabSeparated"),
        ({"default_format": "JSONEachRow"}, {}, "JSONEachRow"),
        ({}, {"x-clickhouse-format": "CSV"}, "CSV"),
        ({"query": "SELECT 1 AS x FORMAT JSONCompactEachRow", "default_format": "CSV"}, {}, "JSONCompactEachRow"),
    ],
)
def test_the_format(guests: httpx2.Client, query: dict[str, str], headers: dict[str, str], format: str) -> None:
    answer = guests.get("/", params={"query": "SELECT 1 AS x", **query}, headers=headers)
    assert answer.headers["x-clickhouse-format"] == format
    assert answer.text == {"JSONEachRow": '{"x":1}\n', "JSONCompactEachRow": "[1]\n"}.get(format, "1\n")


def test_what_an_answer_carries(guests: httpx2.Client) -> None:
    answer = guests.get("/", params={"query": MANY, "query_id": "mine-1", "default_format": "JSON"})
    assert answer.headers["x-clickhouse-query-id"] == "mine-1"
    assert answer.headers["x-clickhouse-timezone"]
    assert answer.headers["content-type"].startswith("application/json")
    summary = json.loads(answer.headers["x-clickhouse-summary"])
    assert (summary["read_rows"], summary["result_bytes"]) == ("5000", str(len(answer.content)))
    assert answer.json()["rows"] == 5000
    strange = guests.get("/", params={"query": "SELECT 1", "query_id": "a\r\nb: c"})
    assert len(strange.headers["x-clickhouse-query-id"]) == 36


def test_an_error_has_its_code_and_its_text(guests: httpx2.Client) -> None:
    for statement, status, code in (
        ("SELEC 1", 400, "62"),
        ("SELECT 1 FROM nowhere", 404, "60"),
        ("SELECT {x:UInt8}", 400, "456"),
        ("SELECT sleep(1)", 403, "497"),
        ("SELECT throwIf(1)", 400, "395"),
    ):
        answer = guests.post("/", content=statement)
        assert (answer.status_code, answer.headers["x-clickhouse-exception-code"]) == (status, code)
        assert answer.text.startswith(f"Code: {code}. DB::Exception: ")
        assert "formatQuery" not in answer.text
        assert "Stack trace" not in answer.text


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("lz4", "lz4", lz4.frame.decompress),
        ("zstd, gzip", "zstd", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("deflate", "deflate", zlib.decompress),
        ("gzip;q=0, identity", None, bytes),
        ("br", None, bytes),
        ("identity", None, bytes),
    ],
)
def test_an_answer_is_compressed_as_the_client_can_take_it(guests: httpx2.Client, accepted, encoding, decode) -> None:  # type: ignore[no-untyped-def]
    with guests.stream("GET", "/", params={"query": MANY}, headers={"accept-encoding": accepted}) as answer:
        assert answer.headers.get("content-encoding") == encoding
        assert decode(b"".join(answer.iter_raw())) == PLAIN
    off = {"query": MANY, "enable_http_compression": "0"}
    with guests.stream("GET", "/", params=off, headers={"accept-encoding": accepted}) as answer:
        assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("lz4", lz4.frame.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("identity", bytes),
    ],
)
def test_a_request_may_be_compressed(guests: httpx2.Client, encoding, encode) -> None:  # type: ignore[no-untyped-def]
    headers = {"content-encoding": encoding}
    parts = encode(b"SELECT 1"), encode(b" + 1")
    assert guests.post("/", content=parts[0], headers=headers).text == "1\n"
    assert guests.post("/", content=parts[0] + parts[1], headers=headers).text == "2\n"
    asked = guests.post("/", params={"query": "SELECT 3"}, content=b"", headers=headers)
    assert asked.text == "3\n"
    if encoding != "identity":
        assert guests.post("/", content=b"SELECT 1", headers=headers).headers["x-clickhouse-exception-code"] == "354"
        torn = guests.post("/", content=parts[0][:-3], headers=headers)
        assert torn.headers["x-clickhouse-exception-code"] == "354"
        bomb = encode(b" " * 50_000_000)
        assert guests.post("/", content=bomb, headers=headers).status_code == 413


def test_an_encoding_that_is_not_known_is_named(guests: httpx2.Client) -> None:
    answer = guests.post("/", content=b"SELECT 1", headers={"content-encoding": "rot13"})
    assert (answer.status_code, "rot13" in answer.text) == (400, True)
    assert guests.get("/", params={"query": "SELECT 1", "compress": "1"}).status_code == 501


def test_settings_for_the_look_of_answers_are_taken_and_unknown_ones_dropped(guests: httpx2.Client) -> None:
    asked = {"query": "SELECT toUInt64(1) AS x FORMAT JSONEachRow", "session_id": "s", "wait_end_of_query": "1"}
    quoted = guests.get("/", params={**asked, "output_format_json_quote_64bit_integers": "1", "no_such_setting": "1"})
    assert quoted.text == '{"x":"1"}\n'
    join = "SELECT b FROM (SELECT 1 AS a) AS l LEFT JOIN (SELECT 2 AS a, 3 AS b) AS r USING (a)"
    assert guests.get("/", params={"query": join}).text == "0\n"
    assert guests.get("/", params={"query": join, "join_use_nulls": "1"}).text == "\\N\n"


@pytest.mark.parametrize(
    "asked",
    [
        "select name, readonly from system.settings",
        "select name, readonly as r from system.settings as s where s.name != 'x' order by s.name limit 10000",
        "select name, readonly as readonly from system.settings where readonly = 0 or name like '%o%'",
    ],
)
def test_the_list_of_settings_says_which_are_open(guests: httpx2.Client, asked: str) -> None:
    answer = guests.post("/", content=asked, params={"default_format": "JSONCompactEachRow"})
    told = dict(json.loads(line) for line in answer.text.splitlines())
    assert {name for name in told if not told[name] and not name.startswith("output_format_")} == {
        *(grants.FREE & told.keys()), "max_memory_usage", "max_execution_time", "max_threads", "max_result_rows", "max_result_bytes",
    }  # fmt: skip
    assert (told["output_format_json_quote_64bit_integers"], told["output_format_schema"], told["readonly"]) == (
        0,
        1,
        1,
    )


def test_all_columns_of_the_settings_say_so_too(guests: httpx2.Client) -> None:
    asked = {"query": "SELECT * FROM system.settings WHERE name IN ('final', 'format_schema') FORMAT JSONEachRow"}
    rows = map(json.loads, guests.get("/", params=asked).text.splitlines())
    assert {row["name"]: row["readonly"] for row in rows} == {"final": 0, "format_schema": 1}


def test_a_connection_is_kept(guests: httpx2.Client) -> None:
    for _ in range(3):
        assert guests.get("/", params={"query": "SELECT 1"}).headers.get("connection", "keep-alive") == "keep-alive"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"offset": "3", "limit": "2"}, "3\n4\n"),
        ({"extremes": "1"}, "0\n1\n2\n3\n4\n\n0\n4\n"),
        ({"max_result_rows": "5"}, "0\n1\n2\n3\n4\n"),
    ],
    ids=["offset", "extremes", "rows"],
)
def test_a_setting_is_for_the_answer_and_not_for_what_looks_at_the_statement(
    guests: httpx2.Client, asked: dict[str, str], answer: str
) -> None:
    got = guests.get("/", params={"query": "SELECT number FROM numbers(5)", **asked})
    assert (got.status_code, got.text) == (200, answer), got.text


def test_a_format_that_is_none_is_told_once(guests: httpx2.Client) -> None:
    told = guests.get("/", params={"query": "SELECT 1 FORMAT Nope"}).text
    assert told.count("UNKNOWN_FORMAT") == 1, told
