"""Where Kafka is and how Newstide names things on it: read from the `log` URL, shared by engine and runner.

    kafka://[user:password@]host:port[,host:port…][/namespace][?tls=true&ca=FILE&cert=FILE&key=FILE
                                                              &mechanism=PLAIN&replication=3]

`user` and `password` (percent-encoded) log in by SASL; `mechanism` is PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.
`tls` encrypts; `ca` trusts another authority than the system's, `cert` and `key` show a client's certificate.
`replication` is for topics yet to be created, else the broker's default. A namespace goes before every
topic and group, so that several Newstides may share one cluster.
"""

import ssl
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from newstide.errors import SettingsError
from newstide.topics import TopicSpec

# The largest record that the log takes, in bytes. A page may have 20 MB, its text hardly ever one; the
# topics' `max.message.bytes` and every client's request size are set to it plus HEADROOM.
LARGEST = 8 << 20
HEADROOM = 64 << 10
# The producers' own bounds, far below the log's: what is larger is hardly an article, and every step would spend its
# time on it. Bytes of a raw article; characters of its packed page, beside which the rest needs room.
LARGEST_ARTICLE, LARGEST_PAGE = 1_040_000, 960_000
# A dead letter keeps a record of the log whole, so that it can be replayed; of other bytes (a page, a line of a file)
# whose packed characters are more than LARGEST_PAGE it keeps the first.
KEPT_HEAD = 64 << 10

# What both clients can write and read with the packages that are installed: aiokafka, under Faust, needs
# another one (cramjam) for zstd, lz4 and snappy.
COMPRESSION = "gzip"

# Seconds after which a dead reader's partitions are given to others, and between two signs of life.
SESSION, HEARTBEAT = 10.0, 3.0

MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True, slots=True)
class Brokers:
    """One Kafka cluster. `servers` are host:port."""

    servers: tuple[str, ...]
    namespace: str = ""
    user: str = ""
    password: str = ""
    tls: bool = False
    ca: str = ""
    cert: str = ""
    key: str = ""
    mechanism: str = "PLAIN"
    replication: int = -1

    def __str__(self) -> str:
        return ",".join(self.servers)

    __repr__ = __str__  # a password never gets into a log line

    def topic(self, name: str) -> str:
        """The topic's name on the cluster."""
        return f"{self.namespace}.{name}" if self.namespace else name

    def group(self, group: str, spec: TopicSpec) -> str:
        """The consumer group's name on the cluster: one per topic, so that topics rebalance apart."""
        return self.topic(f"{group}.{spec.name}")

    def context(self) -> ssl.SSLContext | None:
        """What TLS needs, None without it. Raises SettingsError for a file that cannot be used."""
        if not self.tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca or None)
            if self.cert:
                context.load_cert_chain(self.cert, self.key or None)
        except OSError as e:  # ssl.SSLError is one
            raise SettingsError(f"log: the certificates of {self} cannot be used: {e}") from e
        return context


def parse(url: str) -> Brokers:
    """Read a `kafka://` URL. Raises SettingsError that names what is wrong, never the password."""
    parts = urlsplit(url)
    login, _, hosts = parts.netloc.rpartition("@")
    servers = tuple(_server(host) for host in hosts.split(","))
    user, _, password = login.partition(":")
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    allowed = {field.name for field in fields(Brokers)} - {"servers", "namespace", "user", "password"}
    if unknown := sorted(set(given) - allowed):
        raise SettingsError(f"log: {unknown[0]} is no parameter of kafka://; these are: {', '.join(sorted(allowed))}")
    return Brokers(
        servers=servers,
        namespace=parts.path.strip("/"),
        user=unquote(user),
        password=unquote(password),
        **{name: _value(name, text) for name, text in given.items()},
    )


def _server(host: str) -> str:
    name, _, port = host.strip().rpartition(":")
    if not name or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(f"log: expected kafka://host:port, found the host {host.strip()!r}")
    return f"{name}:{port}"


def _value(name: str, text: str) -> Any:
    if name == "tls" and text.lower() in {"true", "false", "1", "0", "yes", "no"}:
        return text.lower() in {"true", "1", "yes"}
    if name == "replication" and text.isdigit() and int(text) > 0:
        return int(text)
    if name in {"ca", "cert", "key"} and text:
        return text
    if name == "mechanism" and text.upper() in MECHANISMS:
        return text.upper()
    raise SettingsError(f"log: {name}={text} is no value for kafka://")
