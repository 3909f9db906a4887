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


def refused(folder: Path, text: str) -> str:
    """What is said of a file of this text, behind its name and a colon."""
    path = folder / "newstide.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as error:
        load(path)
    named, told = str(error.value)[: len(f"{path}:")], str(error.value)[len(f"{path}:") :]
    assert named == f"{path}:"
    return told


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


def test_a_folder_in_the_place_of_the_file_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "newstide.toml").mkdir()
    for config in (None, Path("newstide.toml")):
        with pytest.raises(SettingsError, match=r"^newstide\.toml: cannot be read: Is a directory$"):
            load(config)


def test_a_link_to_nothing_in_the_place_of_the_file_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "newstide.toml").symlink_to("gone.toml")
    with pytest.raises(SettingsError, match=r"^newstide\.toml: "):
        load(None)


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
    assert refused(tmp_path, text) == f"{line}: fetch.intervall: no such setting"


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
    assert refused(tmp_path, text).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("log = 3", "1: log: expected a text"),
        ('log_level = "loud"', "1: log_level: expected 'debug', 'info', 'warning' or 'error'"),
        ("fetch = 3", "1: fetch: expected a table"),
        ("topics = 3", "1: topics: expected a table"),
        ('[fetch]\nallow_private = "127.0.0.1:80"', "2: fetch.allow_private: expected a list"),
        ("[fetch]\nallow_private = [3]", "2: fetch.allow_private.0: expected a text"),
        ("[topics.tea]\nexamples = []", "2: topics.tea.examples: expected 1 or more in the list"),
        ("[topics.tea]", "1: topics.tea.examples: it is missing"),
        ("[fetch]\ninterval = 9", "2: fetch.interval: expected 10 or more"),
        ("[fetch]\ninterval = 10.5", "2: fetch.interval: expected a whole number"),
        ("[fetch]\ntimeout = 0", "2: fetch.timeout: expected more than 0"),
        ("[fetch]\ntimeout = 301", "2: fetch.timeout: expected 300 or less"),
        ("[fetch]\nhost_gap = inf", "2: fetch.host_gap: expected 86400 or less"),
        ("[fetch]\nhost_gap = nan", "2: fetch.host_gap: expected 86400 or less"),
        ("[workers]\ndeadline = inf", "2: workers.deadline: expected 3600 or less"),
        ('[fetch]\ntimeout = "soon"', "2: fetch.timeout: expected a number"),
        ("[fetch]\npages = 3", "2: fetch.pages: expected true or false"),
    ],
)
def test_what_was_expected_is_said_in_the_words_of_the_file(text: str, said: str, tmp_path: Path) -> None:
    assert refused(tmp_path, text) == said


@pytest.mark.parametrize(
    ("value", "said"), [("127.0.0.1:80", "lists and tables are JSON here"), ("[3]", "expected a text")]
)
def test_a_list_in_a_variable_that_cannot_be_read_names_the_variable(
    value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSTIDE_FETCH__ALLOW_PRIVATE", value)
    with pytest.raises(SettingsError) as error:
        load()
    assert str(error.value) == f"environment: NEWSTIDE_FETCH__ALLOW_PRIVATE: {said}"


SHORT = "whsec_" + base64.b64encode(b"short").decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"NEWSTIDE_HOOKS__DESK__URL": "http://x.example/"}, "NEWSTIDE_HOOKS__DESK__URL: it is missing"),
        ({"NEWSTIDE_HOOKS__desk__SECRET": SHORT, "NEWSTIDE_HOOKS__desk__URL": "http://x.example/"},
         "NEWSTIDE_HOOKS__desk__SECRET: expected whsec_"),
        ({"NEWSTIDE_FETCH": '{"interval": "x"}'}, "NEWSTIDE_FETCH: expected a whole number"),
        ({"newstide_log_level": "bogus"}, "newstide_log_level: expected 'debug'"),
        ({"newstide_nonsense": "1"}, "newstide_nonsense is no setting of Newstide"),
    ],
)  # fmt: skip
def test_what_the_environment_gave_is_said_of_its_variable(
    given: dict[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load()
    assert str(error.value).startswith(f"environment: {said}")


def test_a_fault_of_the_file_is_said_of_the_file_beside_a_variable_of_the_same_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "newstide.toml"
    path.write_text("[fetch]\ninterval = 9\n")
    monkeypatch.setenv("NEWSTIDE_FETCH__TIMEOUT", "5")
    with pytest.raises(SettingsError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}:2: fetch.interval: ")


def test_a_scheme_is_the_same_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "newstide.toml"
    path.write_text(f'log = "SQLITE://{tmp_path}/Log.sqlite"\nstore = "CHDB://{tmp_path}/Store"\n')
    found = load(path)
    assert found.embedded_log
    assert found.embedded_store
    assert (found.log, found.store) == (f"sqlite://{tmp_path}/Log.sqlite", f"chdb://{tmp_path}/Store")
    path.write_text('log = "Kafka://:9092"\n')
    with pytest.raises(SettingsError, match=":1: log: "):
        load(path)
