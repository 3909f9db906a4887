"""Settings: `newstide.toml` and `NEWSTIDE_…`, read once, frozen, passed in. The one reader of the environment."""

from __future__ import annotations

import base64
import binascii
import os
import re
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from newstide import brokers, entities, tomlfile, validation
from newstide.errors import SettingsError
from newstide.names import slug

HOST_PORT = re.compile(r"(?P<host>\[[0-9a-fA-F:]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5})\Z")


def host_port(value: str) -> str:
    """`host:port`, checked."""
    found = HOST_PORT.match(value)
    if not found or int(found["port"]) > 65535:
        raise ValueError("expected host:port, such as 127.0.0.1:8421")
    return value


def webhook_key(secret: str) -> bytes:
    """The key in `whsec_…`, 24 to 64 bytes. Raises ValueError, which does not show the secret."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError("expected whsec_ followed by base64 of 24 to 64 bytes")
    return key


def web_address(value: str) -> str:
    """An http or https URL with a host, checked."""
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # whose text may hold a piece of a password
        sound = False
    if not sound or any(c.isspace() for c in value):
        raise ValueError("expected http(s)://host/…")
    return value


def split_address(value: str) -> tuple[str, int]:
    """The host (without brackets) and port of a checked `host:port`."""
    host, _, port = value.rpartition(":")
    return host.strip("[]"), int(port)


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Listen(Section):
    listen: str

    _check = field_validator("listen")(host_port)


class Web(Listen):
    listen: str = Field(
        "127.0.0.1:8421",
        description="address of health and metrics, and with role web of the dashboard and the JSON API",
    )


class Sql(Listen):
    listen: str = Field("127.0.0.1:8423", description="address of the read-only ClickHouse HTTP interface")
    password: SecretStr | None = Field(
        None, description="asked of every SQL client; needed where the address is not loopback"
    )


class Fetch(Section):
    allow_private: tuple[str, ...] = Field((), description="host:port that may be fetched although not public")
    user_agent: str = Field("Newstide/0.1 (+news feed reader)", description="what feeds and pages see")
    interval: int = Field(900, ge=10, description="seconds between two looks at a feed")
    host_gap: float = Field(5.0, ge=0, le=86_400, description="seconds between two requests to one public host")
    timeout: float = Field(20.0, gt=0, le=300, description="seconds for one whole request, however it drips")
    max_bytes: int = Field(5_242_880, ge=1024, description="bytes of one body after decompression")
    concurrency: int = Field(16, ge=1, le=256, description="requests in flight over all hosts")
    pages: bool = Field(True, description="fetch the article's page where the feed carries only a summary")

    @field_validator("user_agent")
    @classmethod
    def _is_a_header(cls, value: str) -> str:
        if not value.isascii() or not value.isprintable() or value != value.strip():
            raise ValueError("expected printable ASCII, for it is sent as a header")
        return value

    _check = field_validator("allow_private")(lambda v: tuple(host_port(item) for item in v))


# The encoders of names that Newstide brings, by the setting `workers.names`.
BROUGHT: Final = ("", "open")


class Workers(Section):
    count: int = Field(0, ge=0, le=256, description="processes that enrich; 0: one per core")
    batch: int = Field(16, ge=1, le=1000, description="articles handed to a worker at once")
    deadline: float = Field(
        30.0, gt=0, le=3_600, description="seconds for one batch, then it is cut in two and tried again"
    )
    names: str = Field(
        "",
        description="encoder of names; `open`: the brought one that learned from no text for research alone (see "
        "[why there are two](../decisions/0011-which-encoder-is-brought.md)); else a folder, as `make train-ner` writes it",
    )

    @field_validator("names")
    @classmethod
    def _is_a_model(cls, value: str) -> str:
        if value in BROUGHT:
            return value
        missing = [name for name in ("ner.onnx", "tokenizer.json") if not (Path(value) / name).is_file()]
        if missing:
            raise ValueError(f"there is no {' and no '.join(missing)} in {value}")
        return value


class Enrich(Section):
    entities: str = Field("", description="file of your own entities: docs/guides/entities.md")

    @field_validator("entities")
    @classmethod
    def _is_readable(cls, value: str) -> str:
        try:
            entities.read(Path(value)) if value else None
        except SettingsError as e:
            raise ValueError(str(e)) from None
        return value


class OwnTopic(Section):
    examples: tuple[str, ...] = Field(
        min_length=1, description="sentences or words, in any language, of what the topic of this name is about"
    )


class Resolve(Section):
    window: int = Field(60_000, ge=4096, description="articles that are looked back upon; some 5 KB of memory each")


class Sink(Section):
    flush_seconds: float = Field(1.0, gt=0, le=60, description="an article waits at most this long for its insert")
    flush_rows: int = Field(1000, ge=1, description="articles of one insert at most")


class Hook(Section):
    url: str = Field(description="where alerts are posted to")
    secret: SecretStr = Field(description="whsec_… of the Standard Webhooks scheme, 24 to 64 bytes")

    _check = field_validator("url")(web_address)

    @field_validator("secret")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        webhook_key(value.get_secret_value())
        return value


class Alerts(Section):
    allow_private: tuple[str, ...] = Field((), description="host:port of hooks that may be called although not public")
    timeout: float = Field(20.0, gt=0, le=300, description="seconds for one delivery")

    _check = field_validator("allow_private")(lambda v: tuple(host_port(item) for item in v))


class Settings(BaseSettings):
    """All settings. `log` and `store` are URLs; left out, both live under `data_dir`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="NEWSTIDE_", env_nested_delimiter="__", validate_default=True
    )

    data_dir: Path = Field(Path("var"), description="where the embedded log, store and caches live")
    log: str = Field("", description="sqlite:///path or kafka://host:port; empty: log.sqlite in data_dir")
    store: str = Field(
        "", description="chdb:///path or http(s)://user:password@host:port/db[?replicated=1]; empty: store in data_dir"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")
    log_format: Literal["text", "json"] = Field("text", description="how log lines look")
    web: Web = Web()
    sql: Sql = Sql()
    fetch: Fetch = Fetch()
    workers: Workers = Workers()
    enrich: Enrich = Enrich()
    topics: dict[str, OwnTopic] = Field({}, description="topics of your own by name, beside the IPTC Media Topics")
    resolve: Resolve = Resolve()
    sink: Sink = Sink()
    alerts: Alerts = Alerts()
    hooks: dict[str, Hook] = Field({}, description="webhooks by name, for the rules to call")

    @field_validator("data_dir", mode="before")
    @classmethod
    def _is_named(cls, value: object) -> object:
        if not isinstance(value, str | Path) or not str(value).strip():
            raise ValueError("expected the path of a folder")
        return value

    @field_validator("log")
    @classmethod
    def _log_scheme(cls, value: str) -> str:
        value = _with_plain_scheme(value)
        if value and urlsplit(value).scheme not in {"sqlite", "kafka"}:
            raise ValueError("expected sqlite:///path or kafka://host:port")
        if value.startswith("kafka:"):
            try:
                brokers.parse(value)
            except SettingsError as e:
                raise ValueError(str(e).removeprefix("log: ")) from None
        return value

    @field_validator("store")
    @classmethod
    def _store_scheme(cls, value: str) -> str:
        value = _with_plain_scheme(value)
        if value and urlsplit(value).scheme not in {"chdb", "http", "https"}:
            raise ValueError("expected chdb:///path or http(s)://user:password@host:port/database")
        return web_address(value) if value.startswith("http") else value

    @field_validator("topics")
    @classmethod
    def _distinct(cls, value: dict[str, OwnTopic]) -> dict[str, OwnTopic]:
        ids = [slug(name) for name in value]
        if "" in ids:
            raise ValueError("a topic's name needs a letter or a digit")
        if len(set(ids)) < len(ids):
            raise ValueError("two topics' names differ in their signs or capitals only")
        return value

    @property
    def own_topics(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """(id, name, examples) of each of `topics`; the id is such as `user:coffee-trade`."""
        return tuple((f"user:{slug(name)}", name, topic.examples) for name, topic in self.topics.items())

    @property
    def log_url(self) -> str:
        return self.log or f"sqlite://{quote(str((self.data_dir / 'log.sqlite').absolute()))}"

    @property
    def embedded_log(self) -> bool:
        """Whether one process owns the log; else it is a broker, and several processes share it."""
        return self.log_url.startswith("sqlite:")

    @property
    def embedded_store(self) -> bool:
        """Whether the store is chDB, which one process owns; else it is a server."""
        return self.store_url.startswith("chdb:")

    @property
    def store_url(self) -> str:
        return self.store or f"chdb://{quote(str((self.data_dir / 'store').absolute()))}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def _with_plain_scheme(url: str) -> str:
    scheme, colon, rest = url.partition(":")
    return scheme.lower() + colon + rest


def load(config: Path | None = None) -> Settings:
    """The settings of `config` (default: `newstide.toml` where there is one) and the environment.

    Raises SettingsError naming the file, line and key, or the variable, of what is wrong.
    """
    path = config or Path("newstide.toml")
    if config and not config.exists():
        raise SettingsError(f"{config}: no such file")
    text = tomlfile.read(path)[0] if path.exists() or path.is_symlink() else ""
    _unknown_variables()

    class Sourced(Settings):
        model_config = SettingsConfigDict(toml_file=path if text else None)

    try:
        return Sourced()
    except ValidationError as e:
        raise SettingsError("\n".join(_explain(error, path, text) for error in e.errors())) from None
    except ValueError as e:  # a variable whose list is not JSON
        raise SettingsError(f"environment: {_not_json(e)}") from None


def _not_json(error: ValueError) -> str:
    value = getattr(error.__cause__, "doc", None)
    name = next((n for n, v in os.environ.items() if n.startswith("NEWSTIDE_") and v == value), None)
    return f"{name}: lists and tables are JSON here" if name else str(error)


def _unknown_variables() -> None:
    ours = [name for name in os.environ if name.upper().startswith("NEWSTIDE_")]
    unknown = [n for n in ours if n.lower().removeprefix("newstide_").split("__")[0] not in Settings.model_fields]
    if unknown:
        raise SettingsError("\n".join(f"environment: {name} is no setting of Newstide" for name in unknown))


def _explain(error: Any, path: Path, text: str) -> str:
    keys = [str(key) for key in error["loc"]]
    reason = validation.reason(error, "no such setting")
    if variable := _variable(keys, missing=error["type"] == "missing"):
        return f"environment: {variable}: {reason}"
    return f"{path}:{tomlfile.line(text, *keys)}: {'.'.join(keys)}: {reason}"


def _variable(keys: list[str], *, missing: bool) -> str | None:
    """The variable that gave the key or a table around it, in whatever capitals; of a missing key, one beside it."""
    given = {name.upper(): name for name in os.environ}
    around = ["NEWSTIDE_" + "__".join(keys[:n]).upper() for n in range(len(keys), 0, -1)]
    found = next((given[name] for name in around if name in given), None)
    if found is None and missing:
        return next((name for upper, name in given.items() if upper.startswith(f"{around[1]}__")), None)
    return found
