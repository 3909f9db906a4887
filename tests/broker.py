"""A real Kafka broker for tests: the Apache jars from Maven Central, one process, one data folder, two ports.

Needs Java 17 and Maven. The jars are fetched once and kept in the user's cache.
"""

import atexit
import functools
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

KAFKA = "4.3.0"
JARS = Path.home() / ".cache" / "newstide" / f"kafka-{KAFKA}"
READY = 60.0

POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>newstide</groupId><artifactId>broker</artifactId><version>1</version><dependencies><dependency>
<groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{KAFKA}</version>
</dependency></dependencies></project>
"""

PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.index.size.max.bytes=65536
"""


class Broker:
    """Started, and ready when the constructor returns. Raises AssertionError with a sentence when it cannot be."""

    def __init__(self, folder: Path | None = None) -> None:
        for tool in ("java", "mvn"):
            assert shutil.which(tool), f"the tests on a real broker need {tool} (Java 17 and Maven) on the PATH"
        self._jars = jars()
        self._folder = folder or Path(tempfile.mkdtemp(prefix="newstide-kafka-"))
        self._own = folder is None
        self.port, self._controller = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._format()
        self.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start on the same ports and data as before; returns when it answers."""
        with (self._folder / "broker.log").open("ab") as said:
            self._process = subprocess.Popen(
                [*self._java("-Xmx512m", "-XX:+UseSerialGC"), "kafka.Kafka", str(self._properties)],
                stdout=said,
                stderr=said,
            )
        deadline = time.monotonic() + READY
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said_last = (self._folder / "broker.log").read_text(errors="replace")[-2000:]
                raise AssertionError(f"the broker did not come up within {READY:g} s:\n{said_last}")
            time.sleep(0.2)

    def kill(self) -> None:
        """kill -9; the data stays."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """End it, and remove its data."""
        self.kill()
        if self._own:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _properties(self) -> Path:
        return self._folder / "server.properties"

    def _java(self, *options: str) -> list[str]:
        return ["java", *options, "-cp", f"{self._jars}/*"]

    def _format(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(
            PROPERTIES.format(port=self.port, controller=self._controller, data=self._folder / "data")
        )
        tool = [*self._java(), "kafka.tools.StorageTool"]
        made = subprocess.run([*tool, "random-uuid"], capture_output=True, text=True, check=True).stdout.split()[-1]
        command = [*tool, "format", "--standalone", "-t", made, "-c", str(self._properties)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"the broker's storage cannot be formatted:\n{done.stdout}{done.stderr}"

    def _answers(self) -> bool:
        from kafka import KafkaAdminClient
        from kafka.errors import KafkaError

        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                return False
        try:
            KafkaAdminClient(bootstrap_servers=self.address, bootstrap_timeout_ms=2000).close()
        except KafkaError:
            return False
        return True


def jars() -> Path:
    """The folder of the broker's jars, fetched from Maven Central where they are not there yet."""
    libs = JARS / "libs"
    if not (JARS / "complete").exists():
        JARS.mkdir(parents=True, exist_ok=True)
        (JARS / "pom.xml").write_text(POM)
        command = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={libs}"]
        done = subprocess.run(command, cwd=JARS, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"Kafka {KAFKA} cannot be fetched from Maven Central:\n{done.stdout[-2000:]}"
        (JARS / "complete").touch()
    return libs


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@functools.cache
def shared() -> Broker:
    """The broker of this test run, for every test that leaves it alive."""
    started = Broker()
    atexit.register(started.close)
    return started


@pytest.fixture(scope="session")
def broker() -> Broker:
    """A running broker; tests keep apart by their namespaces. It fails, and never skips, without Java and Maven."""
    return shared()
