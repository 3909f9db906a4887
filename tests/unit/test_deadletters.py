"""Dead letters: what is kept of a record, and its way back."""

import base64
import random
from pathlib import Path

from newstide.app import App
from newstide.errors import Reject
from newstide.operations import deadletters
from newstide.ports import Message
from newstide.settings import Settings
from newstide.topics import ENRICHED
from streams import outcomes
from tests.fakes import MemoryLog


def test_a_record_of_several_megabytes_is_kept_whole_and_replayed(tmp_path: Path) -> None:
    log = MemoryLog()
    large = base64.b64encode(random.Random(1).randbytes(3_000_000))
    log.produce([Message(ENRICHED.name, "a1", large)])
    (record,) = log.read(ENRICHED.name, 0, 0, 1)
    log.produce([outcomes.resolved(record, Reject("step failed", "a bug"))])
    replayed = deadletters.replay(App(Settings(data_dir=tmp_path), log, "leave", serving=True), numbers=[0])
    assert replayed == [{"number": 0, "topic": ENRICHED.name, "partition": 0, "offset": 1}]
    (_, again) = log.read(ENRICHED.name, 0, 0, 2)
    assert (again.key, again.value) == ("a1", large)
