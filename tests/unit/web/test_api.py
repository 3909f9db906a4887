import jsonschema
import pytest
from openapi_spec_validator import validate

from newstide.web import openapi
from newstide.web.api import OPERATIONS, PREFIX, Operation
from tests.unit.web.conftest import HARBOUR, NOW, Web

ASKED = {
    "/timeline": "?entity=Port%20Averin",
    "/compare": "?entities=Port%20Averin,Q173082",
    "/related": "?entity=Q173082",
    "/search": "?q=fire",
    "/rising": "?window=7d",
}
KEYS = {"/articles/{id}": "rev", "/stories/{id}": "fire2nd"}


def address(operation: Operation) -> str:
    return PREFIX + operation.path.replace("{id}", KEYS.get(operation.path, "")) + ASKED.get(operation.path, "")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.path)
def test_every_answer_has_the_shape_that_openapi_promises(web: Web, operation: Operation) -> None:
    answer = web.client.get(address(operation))
    assert answer.status_code == 200, answer.text
    jsonschema.validate(answer.json(), openapi.answer_schema(operation))
    assert answer.json()["complete_until"] == "2026-05-04T11:59:56Z"
    assert answer.json()["data"], "an empty list would prove nothing"


def test_the_description_is_valid_openapi_and_names_every_operation(web: Web) -> None:
    document = web.client.get("/openapi.json").json()
    validate(document)
    assert set(document["paths"]) == {PREFIX + operation.path for operation in OPERATIONS}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("/rising?window=soon", "window"),
        ("/rising?window=0", "window"),
        ("/rising?limit=0", "limit"),
        ("/rising?limit=501", "limit"),
        ("/rising?limit=٣", "limit"),
        ("/rising?at=yesterday", "at"),
        ("/rising?at=9999-12-31T00:00:00Z", "at"),
        ("/rising?at=0001-01-01T00:00:00%2B01:00", "at"),
        ("/rising?colour=red", "colour"),
        ("/timeline", "entity"),
        ("/timeline?entity=Q406&step=1s&window=30d", "step"),
        ("/compare?entities=,", "entities"),
        ("/articles?before=2026", "before"),
        ("/articles/rev?x=1", "x"),
        ("/search", "q"),
        ("/search?q=" + "a" * 1001, "q"),
    ],
)
def test_a_bad_parameter_is_named(web: Web, query: str, parameter: str) -> None:
    answer = web.client.get(PREFIX + query)
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter
    assert parameter in answer.json()["error"]


@pytest.mark.parametrize("path", ["/articles/none", "/stories/none", "/timeline?entity=none", "/nothing"])
def test_what_is_not_there_answers_404_in_json(web: Web, path: str) -> None:
    answer = web.client.get(PREFIX + path)
    assert answer.status_code == 404
    assert answer.json()["error"]


def test_pages_of_articles_follow_next_to_the_end(web: Web) -> None:
    seen, query = [], "?limit=5"
    while True:
        answer = web.client.get(f"{PREFIX}/articles{query}").json()
        seen += [row["id"] for row in answer["data"]]
        if answer["next"] is None:
            break
        query = f"?limit=5&before={answer['next']}"
    assert len(seen) == len(set(seen)) == 11


def test_at_looks_into_the_past(web: Web) -> None:
    past = web.client.get(f"{PREFIX}/rising", params={"at": "2026-05-04T11:40:00+00:00"}).json()
    assert past["data"] == []


def test_a_span_may_carry_its_unit(web: Web) -> None:
    asked = [web.client.get(f"{PREFIX}/sources?window={w}").json()["data"] for w in ("86400", "1440m", "24h", "1d")]
    assert asked[0]
    assert all(answer == asked[0] for answer in asked)


def test_readiness_names_what_is_missing(web: Web) -> None:
    assert web.client.get("/readyz").status_code == 200
    assert "newstide_ready 1.0" in web.client.get("/metrics").text
    web.health = type(web.health)(False, ("the resolver reads its window",), {}, {}, NOW)
    answer = web.client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["the resolver reads its window"])
    assert "newstide_ready 0.0" in web.client.get("/metrics").text
    assert web.client.get("/healthz").status_code == 200


def test_health_counts_only_the_way_of_articles_as_in_flight(web: Web) -> None:
    assert web.client.get(f"{PREFIX}/health").json()["data"]["in_flight"] == 3


def test_metrics_are_in_the_prometheus_format(web: Web) -> None:
    assert "newstide_received" in web.client.get("/metrics").text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", f"{PREFIX}/rising", "/healthz", "/static/style.css"])
def test_nothing_can_be_written(web: Web, method: str, path: str) -> None:
    answer = web.client.request(method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_head_answers_as_get_without_a_body(web: Web) -> None:
    answer = web.client.head(f"{PREFIX}/rising")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_store_that_cannot_answer_is_a_503_and_not_a_stack_trace(web: Web) -> None:
    from newstide.errors import EngineError

    class Gone:
        def query(self, sql: str, params: object = None) -> object:
            raise EngineError("store chdb:///secret/path: disk full")

    from tests.unit.web.conftest import web_over

    broken = web_over(Gone(), web.clock, web.health)
    with broken.client:
        answer = broken.client.get(f"{PREFIX}/rising")
        page = broken.client.get("/")
    assert (answer.status_code, page.status_code) == (503, 503)
    assert "secret" not in answer.text + page.text


def test_names_are_bound_and_never_part_of_the_sql(web: Web) -> None:
    for evil in ("'", "\\", "{entity:String}", "'; DROP TABLE article_rows; --", HARBOUR[0] + "\0", "%s"):
        assert web.client.get(f"{PREFIX}/timeline", params={"entity": evil}).status_code == 404
        assert web.client.get(f"{PREFIX}/articles", params={"words": evil, "outlet": evil}).status_code == 200
    assert web.client.get(f"{PREFIX}/articles").json()["data"]
