"""Prometheus' alerts and Grafana's dashboard against the metrics and the reasons that the code really has."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase
from promql_parser import MatchOp, VectorSelector

from newstide import metrics
from newstide.service import ROLES
from sinks.hooks.outbox import OUTCOMES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
PROMETHEUS = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
[GROUP] = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]
RULES = {rule["alert"]: rule for rule in GROUP["rules"]}
DASHBOARD = json.loads((DEPLOY / "grafana/dashboards/newstide.json").read_text())
PANELS = {panel["title"]: panel for panel in DASHBOARD["panels"]}
EXPRESSIONS = [rule["expr"] for rule in RULES.values()] + [t["expr"] for p in PANELS.values() for t in p["targets"]]
SCRAPED = {"job", "instance", "role"}  # what Prometheus adds to every series
OTHERS = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
SOURCE = "\n".join(
    p.read_text() for d in ("newstide", "producers", "streams", "sinks") for p in (ROOT / d).rglob("*.py")
)

# What the code gives a label: each reason of a Reject, each outcome of a delivery.
GIVEN = {
    ("newstide_dropped_total", "reason"): set(re.findall(r'\bReject\(\s*"([^"]+)"', SOURCE)),
    ("newstide_deliveries_total", "outcome"): set(OUTCOMES),
    **{(name, "job"): {job["job_name"] for job in PROMETHEUS["scrape_configs"]} for name in OTHERS},
}


def series() -> dict[str, set[str]]:
    """The labels of each series of the house, by its name at /metrics."""
    found = {}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            [family] = metric.describe()
            for suffix in SUFFIXES[family.type]:
                found[family.name + suffix] = set(metric._labelnames) | ({"le"} if suffix == "_bucket" else set())
    return found


SERIES = series()


def selectors(text: str) -> list[VectorSelector]:
    """What an expression reads."""
    found = []

    def visit(node: Any) -> None:
        selector = getattr(node, "vector_selector", node)
        if isinstance(selector, VectorSelector):
            found.append(selector)

    promql_parser.walk(promql_parser.parse(text), visit)
    return found


def matchers(text: str) -> Iterator[tuple[str, str, list[str]]]:
    for selector in selectors(text):
        for matcher in selector.matchers.matchers:
            values = matcher.value.split("|") if matcher.op == MatchOp.Re else [matcher.value]
            yield selector.name, matcher.name, values


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_every_metric_and_label_exists(text: str) -> None:
    read = selectors(text)
    assert {selector.name for selector in read} <= set(SERIES) | OTHERS
    assert {selector.name for selector in read} == set(re.findall(r"\b(?:newstide|process)_\w+|\bup\b", text))
    labels = {name for selector in read for name in SERIES.get(selector.name, set())} | SCRAPED
    assert {label for _, label, _ in matchers(text)} <= labels
    grouped = {word for by in re.findall(r"\bby \(([^)]*)\)", text) for word in by.split(", ")}
    assert grouped <= labels


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_every_reason_and_outcome_is_one_that_the_code_gives(text: str) -> None:
    for metric, label, values in matchers(text):
        assert set(values) <= GIVEN[metric, label]


def test_what_a_stage_cannot_do_is_alarmed_whatever_the_reason() -> None:
    alarmed = {v for _, _, values in matchers(RULES["NewstideDeadLetters"]["expr"]) for v in values}
    assert alarmed == GIVEN["newstide_dropped_total", "reason"] != set()


def test_what_is_told_of_an_alert_are_labels_that_it_has() -> None:
    for name, rule in RULES.items():
        told = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        kept = re.search(r"^(?:max|sum)(?: by \(([^)]*)\))?", rule["expr"].strip())
        assert told <= (set((kept[1] or "").split(", ")) if kept else SCRAPED), name


def test_every_role_is_scraped_at_the_port_where_it_answers() -> None:
    [job] = PROMETHEUS["scrape_configs"]
    [found] = job["dns_sd_configs"]
    assert set(found["names"]) == {"newstide", *ROLES}
    for name in found["names"]:
        assert COMPOSE[name]["environment"]["NEWSTIDE_WEB__LISTEN"] == f"0.0.0.0:{found['port']}"


def test_files_lie_where_the_containers_look_for_them() -> None:
    assert "./deploy/prometheus:/etc/prometheus:ro" in COMPOSE["prometheus"]["volumes"]
    assert [str(Path(f).relative_to("/etc/prometheus")) for f in PROMETHEUS["rule_files"]] == ["alerts.yml"]
    provider = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards/newstide.yml").read_text())["providers"][0]
    assert f"./deploy/grafana/dashboards:{provider['options']['path']}:ro" in COMPOSE["grafana"]["volumes"]
    source = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"][0]
    assert source["url"] == "http://prometheus:9090"
    assert {p["datasource"]["uid"] for p in PANELS.values()} == {source["uid"]}


def test_panels_lie_side_by_side_and_not_over_one_another() -> None:
    places = [p["gridPos"] for p in PANELS.values()]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23
    assert len({p["id"] for p in PANELS.values()}) == len(PANELS)


@pytest.mark.parametrize("alert", RULES)
def test_the_guide_says_what_to_do(alert: str) -> None:
    assert f"`{alert}`" in (ROOT / "docs/guides/distributed.md").read_text("utf-8")
