"""Settings: what is wrong is said with its line, before anything starts, and no secret is shown."""

import base64
from pathlib import Path

import pytest

from newstide.errors import SettingsError
from newstide.settings import load


@pytest.fixture
def hook(tmp_path: Path) -> Path:
    return tmp_path / "newstide.toml"


def write(path: Path, secret: str) -> Path:
    """Two hooks; the second has the secret, in line 7."""
    desk = f'[hooks.desk]\nurl = "https://desk.example/"\nsecret = "whsec_{"A" * 40}"\n'
    path.write_text(f'{desk}\n[hooks.night]\nurl = "https://night.example/"\nsecret = "{secret}"\n')
    return path


@pytest.mark.parametrize("size", [24, 64])
def test_a_secret_has_24_to_64_bytes(size: int, hook: Path) -> None:
    assert load(write(hook, "whsec_" + base64.b64encode(b"k" * size).decode())).hooks["night"].secret


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_" + base64.b64encode(b"k" * 23).decode(),
        "whsec_" + base64.b64encode(b"k" * 65).decode(),
        base64.b64encode(b"k" * 32).decode(),
        "whsec_not base64!",
        "whsec_ключ",
    ],
)
def test_another_secret_is_refused_with_its_line_and_not_shown(secret: str, hook: Path) -> None:
    with pytest.raises(SettingsError) as error:
        load(write(hook, secret))
    assert f"{hook}:7: hooks.night.secret: expected whsec_" in str(error.value)
    assert len(secret) < 8 or secret not in str(error.value)


def test_every_unknown_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSTIDE_FOO", "1")
    monkeypatch.setenv("NEWSTIDE_BAR__BAZ", "1")
    with pytest.raises(SettingsError, match=r"NEWSTIDE_FOO.*\n.*NEWSTIDE_BAR__BAZ|NEWSTIDE_BAR__BAZ.*\n.*NEWSTIDE_FOO"):
        load()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n[fetch]\nintervall = 60\n", 3),
        ("\nfetch.intervall = 60\n", 2),
        ("\nfetch = {intervall = 60}\n", 2),
        ("[web]\n\n[fetch] # a comment\n'intervall' = 60\n", 4),
    ],
)
def test_a_wrong_key_is_named_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "newstide.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as error:
        load(path)
    assert str(error.value) == f"{path}:{line}: fetch.intervall: no such setting"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('data_dir = ""', "1: data_dir: expected the path"),
        ("data_dir = 3", "1: data_dir: expected the path"),
        ('store = "http://"', "1: store: expected http(s)://host/"),
        ('store = "HTTP://"', "1: store: expected http(s)://host/"),
        ('store = "http://user:pa/ss@h/newstide"', "1: store: expected http(s)://host/"),
        ('store = "http://h:99999/newstide"', "1: store: expected http(s)://host/"),
        ('[fetch]\nuser_agent = "é Wetter/1.0"', "2: fetch.user_agent: expected printable ASCII"),
        ('[fetch]\nuser_agent = "a\\nb"', "2: fetch.user_agent: expected printable ASCII"),
        ('[fetch]\nuser_agent = " a"', "2: fetch.user_agent: expected printable ASCII"),
        (f'[hooks.desk]\nurl = "ftp://x"\nsecret = "whsec_{"A" * 40}"', "2: hooks.desk.url: expected http(s)://host/"),
        (f'[hooks.desk]\nurl = ""\nsecret = "whsec_{"A" * 40}"', "2: hooks.desk.url: expected http(s)://host/"),
        *(
            (f'[hooks.desk]\nurl = "{url}"\nsecret = "whsec_{"A" * 40}"', "2: hooks.desk.url: expected http(s)://host/")
            for url in ("http://[x", "http://x:abc/", "http://x:0/", "http://us er/", "https://x/ y")
        ),
    ],
)
def test_a_value_that_can_only_fail_later_is_refused_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "newstide.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}:{said}")
