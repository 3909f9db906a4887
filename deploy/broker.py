"""A real Kafka broker without Docker: the Apache jars from Maven Central, one process, one data folder, two ports.

    python -m deploy.broker start [--port 9092] [--data var/kafka] [--fresh]
    python -m deploy.broker stop [--data var/kafka]

For development, tests and one machine: there is one copy of everything and no password, on loopback. Needs
Java 17 and Maven; the jars (44 MB) are fetched once and kept in the user's cache.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KAFKA = "4.3.0"
JAVA = 17  # what this Kafka needs
JARS = Path.home() / ".cache" / "newstide" / f"kafka-{KAFKA}"
UP = 60.0  # seconds until it must answer; 8 on an idle machine
DOWN = 30.0  # seconds for an orderly end
TICK = 0.2

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


class BrokerError(Exception):
    """Why there is no broker, in a sentence."""


class Broker:
    """The broker of one folder, whichever process started it. Clients use `port`, it itself the next.

    A second run on the folder finds the data of the first. Raises BrokerError.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self.port, self._controller = folder.absolute(), port, port + 1
        self._properties = self._folder / "server.properties"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """Its process, None where none runs."""
        try:
            pid = int(self._pid_file.read_text())
        except (OSError, ValueError):
            return None
        # The number may have gone to another process since.
        return pid if str(self._properties) in _command_line(pid) else None

    def start(self) -> None:
        """Start it in a session of its own; returns when it answers."""
        _check_java()
        for port in (self.port, self._controller):
            _check_free(port)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(
            PROPERTIES.format(port=self.port, controller=self._controller, data=self._folder / "data")
        )
        if not (self._folder / "data" / "meta.properties").exists():
            self._format()
        with self._said.open("ab") as said:
            command = [*_java("-Xmx512m", "-XX:+UseSerialGC"), "kafka.Kafka", str(self._properties)]
            self._process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
        self._pid_file.write_text(str(self._process.pid))
        self._until_it_answers(self._process)

    def stop(self) -> None:
        """End it in order, with -9 where that takes too long; the data stays."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it with -9; the data stays."""
        self._end(signal.SIGKILL)

    def remove(self) -> None:
        """End it, and remove its data."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _pid_file(self) -> Path:
        return self._folder / "broker.pid"

    @property
    def _said(self) -> Path:
        return self._folder / "broker.log"

    def _format(self) -> None:
        tool = [*_java(), "kafka.tools.StorageTool"]
        made = _run([*tool, "random-uuid"], "Java cannot run Kafka").split()[-1]
        format = [*tool, "format", "--standalone", "-t", made, "-c", str(self._properties)]
        _run(format, f"the broker's storage in {self._folder} cannot be formatted")

    def _until_it_answers(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + UP
        while not _answers(self.address):
            if process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                last = self._said.read_text(errors="replace")[-2000:]
                raise BrokerError(f"the broker did not come up within {UP:g} s; {self._said} ends with\n{last}")
            time.sleep(TICK)

    def _end(self, number: int) -> None:
        pid, deadline = self.pid, time.monotonic() + DOWN
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        while self._alive():
            if time.monotonic() > deadline and pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(TICK / 4)
        self._process = None
        self._pid_file.unlink(missing_ok=True)

    def _alive(self) -> bool:
        return self._process.poll() is None if self._process is not None else self.pid is not None


def _answers(address: str) -> bool:
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        if probe.connect_ex((host, int(port))) != 0:
            return False
    try:
        KafkaAdminClient(bootstrap_servers=address, bootstrap_timeout_ms=2000).close()
    except KafkaError:
        return False
    return True


def _command_line(pid: int) -> str:
    """Of a process; "" where it has ended."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        return ""
    return subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as e:
            raise BrokerError(f"port {port} cannot be used ({e.strerror}); name another with --port") from None


def _check_java() -> None:
    _tool("java", f"Kafka needs Java {JAVA} or newer")
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found and int(found[1]) < JAVA:
        raise BrokerError(f"Kafka {KAFKA} needs Java {JAVA} or newer; the java on the PATH is {found[1]}")


def _java(*options: str) -> list[str]:
    return ["java", *options, "-cp", f"{jars()}/*"]


def jars() -> Path:
    """The folder of the broker's jars, fetched from Maven Central where it is not there yet."""
    libs = JARS / "libs"
    if not libs.exists():
        _tool("mvn", f"Kafka's jars are fetched with Maven, or lie in {libs}")
        JARS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=JARS) as folder:
            (Path(folder) / "pom.xml").write_text(POM)
            fetch = ["mvn", "-q", "-B", "-f", f"{folder}/pom.xml", "dependency:copy-dependencies"]
            _run([*fetch, f"-DoutputDirectory={folder}/libs"], f"Kafka {KAFKA} cannot be fetched from Maven Central")
            with contextlib.suppress(OSError):  # another process was faster
                (Path(folder) / "libs").rename(libs)
    return libs


def _tool(name: str, why: str) -> None:
    if not shutil.which(name):
        raise BrokerError(f"there is no {name} on the PATH: {why}")


def _run(command: list[str], failed: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BrokerError(f"{failed}:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def _start(broker: Broker, data: Path, *, fresh: bool) -> str:
    if pid := broker.pid:
        if not fresh:
            return f"a broker runs on {data} already: process {pid}"
        broker.stop()
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    broker.start()
    return f"Kafka {KAFKA} runs: NEWSTIDE_LOG=kafka://{broker.address} (process {broker.pid}, data in {data})"


def _stop(broker: Broker, data: Path) -> str:
    pid = broker.pid
    broker.stop()
    return f"process {pid} has ended; its data stays in {data}" if pid else f"no broker runs on {data}"


def main() -> int:
    parser = argparse.ArgumentParser(description="A Kafka broker on this machine.")
    parser.add_argument("do", choices=("start", "stop"))
    parser.add_argument("--port", type=int, default=9092, help="the next port is used too (default: 9092)")
    parser.add_argument("--data", type=Path, default=Path("var/kafka"), help="default: var/kafka")
    parser.add_argument("--fresh", action="store_true", help="begin without the data of earlier runs")
    asked = parser.parse_args()
    broker = Broker(asked.data, asked.port)
    try:
        print(_start(broker, asked.data, fresh=asked.fresh) if asked.do == "start" else _stop(broker, asked.data))
    except BrokerError as e:
        print(f"kafka: {e}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
