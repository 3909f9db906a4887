"""The article's vector: the same for the same text, near for the same matter, none where it would be invented."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from streams.enrich import vector

STRIKE = (
    "Tram drivers in Orlow walk out over night roster",
    "Tram drivers in Orlow stopped work over the night roster.",
)
SAME = ("Orlow tram strike leaves commuters stranded", "Commuters were stranded as the drivers began a strike.")
OTHER = ("Ferry aground off Holmsey in fog", "A ferry with passengers ran aground in fog near Holmsey island.")


def found(title: str, text: str, language: str = "en") -> np.ndarray:
    read = vector.read(vector.find(title, text, language))
    assert read is not None
    return read.astype(int)


def test_two_reports_on_one_event_are_nearer_than_two_events() -> None:
    one, same, other = (found(*report) for report in (STRIKE, SAME, OTHER))
    assert one @ same > 2 * (one @ other)


def test_every_vector_has_the_same_length() -> None:
    for report in (STRIKE, OTHER, ("Word", "")):
        assert np.linalg.norm(found(*report)) == pytest.approx(vector.LENGTH, rel=0.02)


def test_another_process_gives_the_same_bytes_whatever_it_read_before() -> None:
    here = vector.find(*STRIKE, "en")
    code = f"from streams.enrich import vector; vector.find(*{OTHER!r}, 'en'); print(vector.find(*{STRIKE!r}, 'en'))"
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert there.stdout.strip() == here


def test_only_the_beginning_counts() -> None:
    text = "The union said so. " * 200
    assert vector.find("Strike", text + "Ferry aground.", "en") == vector.find("Strike", text, "en")


@pytest.mark.parametrize("language", ["tr", "ar", "und", "enm"])
def test_a_language_that_the_encoder_was_not_trained_on_gets_none(language: str) -> None:
    assert vector.find(*STRIKE, language) == ""


@pytest.mark.parametrize("text", ["", "\ud800", "😀" * 5000, "a" * 5_000_000, "\u0301" * 999, " " * 9999])
def test_what_has_no_known_word_gets_none_in_bounded_time(text: str) -> None:
    start = time.process_time()
    assert vector.find("", text, "en") == ""
    assert time.process_time() - start < 1


@pytest.mark.parametrize("packed", ["", "AAAA", "?", "A" * 513])
def test_what_is_no_vector_is_none(packed: str) -> None:
    assert vector.read(packed) is None
