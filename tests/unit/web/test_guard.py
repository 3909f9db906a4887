"""Under which names the dashboard and the API answer."""

from types import SimpleNamespace
from typing import Any, cast

import httpx2
import pytest

from newstide.app import App
from newstide.listeners import Listeners
from newstide.settings import Settings
from tests.fakes import MemoryLog
from tests.service import free_port
from tests.unit.web.conftest import Web


def asked(web: Web, listen: str, path: str, host: str) -> httpx2.Response:
    """A request under the name, to a service that listens there."""
    settings = Settings(
        web=cast("Any", {"listen": f"{listen}:{free_port()}"}), log="kafka://127.0.0.1:1", store="http://x/y"
    )
    app = App(settings, MemoryLog(), "leave", serving=True)
    app._store = web.store
    with Listeners(settings) as listeners:
        address = listeners.open(app, cast("Any", SimpleNamespace(health=lambda: web.health)), web=True, sql=False)
        return httpx2.get(f"http://127.0.0.1:{address.rpartition(':')[2]}{path}", headers={"host": host})


@pytest.mark.parametrize("path", ["/", "/api/v1/feeds"])
@pytest.mark.parametrize("host", ["news.example", "localhost.news.example:8421", "127.0.0.1.news.example"])
def test_a_page_of_elsewhere_that_points_its_name_here_reads_nothing(web: Web, path: str, host: str) -> None:
    answer = asked(web, "127.0.0.1", path, host)
    assert answer.status_code == 403
    assert answer.headers["content-security-policy"]
    assert "web.listen" in answer.text


@pytest.mark.parametrize("host", ["localhost:8421", "127.0.0.1:8421", "[::1]:8421"])
def test_this_machine_by_its_own_names_is_answered(web: Web, host: str) -> None:
    assert asked(web, "127.0.0.1", "/openapi.json", host).status_code == 200


def test_who_listens_for_other_machines_answers_under_any_name(web: Web) -> None:
    assert asked(web, "0.0.0.0", "/openapi.json", "news.example").status_code == 200
