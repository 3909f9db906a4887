"""Who may ask, and from where."""

from collections.abc import Iterator

import httpx2
import pytest

from newstide.errors import SettingsError
from newstide.ports import Store
from newstide.serve import Server, tcp
from newstide.sqlserver.access import check_exposure
from newstide.sqlserver.app import create_sql_app

PASSWORD = "tide & wave: ünï"


@pytest.fixture(scope="module")
def guarded(filled: Store) -> Iterator[httpx2.Client]:
    server = Server(create_sql_app(filled, password=PASSWORD), tcp("test", "127.0.0.1:0"))
    with httpx2.Client(base_url=f"http://{server.address}") as client:
        yield client
    server.close()


@pytest.mark.parametrize("address", ["0.0.0.0:8423", "[::]:8423", "192.168.1.2:8423", "news.example:8423", "8.8.8.8:1"])
def test_an_address_that_others_reach_needs_a_password(address: str) -> None:
    for none in (None, ""):
        with pytest.raises(SettingsError, match=r"sql\.password"):
            check_exposure(address, none)
    check_exposure(address, "secret")


@pytest.mark.parametrize("address", ["127.0.0.1:8423", "[::1]:8423", "localhost:8423", "127.8.8.8:1"])
def test_a_loopback_address_needs_none(address: str) -> None:
    check_exposure(address, None)


def test_the_password_is_taken_in_the_three_places(guarded: httpx2.Client) -> None:
    query = {"query": "SELECT 1"}
    ways = [
        guarded.get("/", params=query, auth=("anyone", PASSWORD)),
        guarded.get("/", params={**query, "user": "default", "password": PASSWORD}),
        guarded.get("/", params=query, headers=[(b"x-clickhouse-key", PASSWORD.encode())]),
    ]
    assert [way.status_code for way in ways] == [200, 200, 200]


@pytest.mark.parametrize("password", ["", "tide", PASSWORD + " ", "Tide & wave: ünï"])
def test_a_wrong_password_is_turned_away(guarded: httpx2.Client, password: str) -> None:
    answer = guarded.get("/", params={"query": "SELECT 1"}, auth=("default", password))
    assert answer.status_code == 403
    assert answer.headers["x-clickhouse-exception-code"] == "516"
    assert "SELECT" not in answer.text


def test_who_says_nothing_is_asked_for_a_password(guarded: httpx2.Client) -> None:
    answer = guarded.get("/", params={"query": "SELECT 1"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Basic realm="newstide"')
    assert guarded.get("/ping").text == "Ok.\n"


@pytest.mark.parametrize("header", ["Basic !!!", "Basic", "Bearer abc", "Basic " + "A" * 999])
def test_a_broken_header_is_turned_away(guarded: httpx2.Client, header: str) -> None:
    answer = guarded.get("/", params={"query": "SELECT 1"}, headers={"authorization": header})
    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8423", "[::1]:8423", "127.0.0.1:1"])
def test_without_a_password_the_host_is_local(guests: httpx2.Client, host: str) -> None:
    assert guests.get("/", params={"query": "SELECT 1"}, headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["news.example", "localhost.news.example:8423", "127.0.0.1.news.example"])
def test_a_page_of_elsewhere_that_points_its_name_here_is_turned_away(guests: httpx2.Client, host: str) -> None:
    assert guests.get("/", params={"query": "SELECT 1"}, headers={"host": host}).status_code == 403
