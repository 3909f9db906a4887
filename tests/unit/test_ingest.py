"""`newstide ingest` beside a service whose log takes no more for now."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from newstide import control
from newstide.app import App
from newstide.listeners import Listeners
from newstide.settings import Settings
from newstide.topics import RAW
from tests import samples
from tests.fakes import MemoryLog
from tests.flow import everything, until
from tests.service import Newstide

MANY = control.THREADS + 1


def line(number: int) -> str:
    return json.dumps({"url": f"http://example.com/{number}", "text": f"Text {number}."})


def test_ingest_waits_for_the_readers_and_keeps_no_other_command_waiting(tmp_path: Path) -> None:
    newstide = Newstide(tmp_path)
    log, settings = MemoryLog(limits={RAW.name: 0}), Settings(data_dir=newstide.socket.parent)
    log.produce([samples.raw(0)])
    with Listeners(settings) as listeners, ThreadPoolExecutor(MANY) as pool:
        listeners.open_control(App(settings, log, "leave", serving=True))
        commands = [pool.submit(newstide.run, "ingest", "-", stdin=line(n)) for n in range(MANY)]
        reader = log.consumer("enrich", RAW.name)
        try:
            until(lambda: log.refused >= MANY)
            assert newstide.json("feeds", "list") == []
        finally:
            until(lambda: reader.commit(reader.poll(10, 1)) or all(command.done() for command in commands))
        assert [command.result().returncode for command in commands] == [0] * MANY
    assert len({record.key for record in everything(log, RAW.name)}) == len(everything(log, RAW.name)) == 1 + MANY
