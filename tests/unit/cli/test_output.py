"""Tables on a terminal: what is there to be copied stays whole, whatever the width."""

import contextlib
import io
import json
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from newstide.cli import output
from newstide.printable import counted

STORIES = [
    {
        "last": "2026-11-27T20:43:18.000000Z",
        "originals": 8,
        "copies": 200,
        "headline": "Sleepy volcano in Indonesia's north shows signs of waking after four decades of silence",
        "story": "sa719f2d0d3110756",
    },
    {
        "last": "2026-11-27T20:42:45.000000Z",
        "originals": 1,
        "copies": 0,
        "headline": "火山が噴火し、数千人が避難した。 島の住民は船で本土に渡り、政府は救援を要請している",
        "story": "s0d06ef5e6da66706",
    },
]
COLUMNS = ("last", "originals", "copies", "headline", "story")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], str]:
    """The table on a terminal of so many columns."""

    def draw(width: int) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("TERM", "xterm")
        with contextlib.redirect_stdout(Terminal()) as shown:
            output.table(STORIES, COLUMNS, "none")
        return shown.getvalue()

    return draw


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_ids_and_times_are_whole_at_any_width(width: int, drawn: Callable[[int], str]) -> None:
    for whole in ("sa719f2d0d3110756", "s0d06ef5e6da66706", "2026-11-27 20:43:18Z", "originals"):
        assert whole in drawn(width)


@pytest.mark.parametrize("width", [60, 80])
def test_words_without_room_stand_on_a_line_of_their_own(width: int, drawn: Callable[[int], str]) -> None:
    _, _, first, words, *_ = drawn(width).splitlines()
    assert first.split() == ["2026-11-27", "20:43:18Z", "8", "200", "sa719f2d0d3110756"]
    assert words.startswith("    Sleepy volcano in Indonesia's north shows signs of")
    assert all(cell_len(line) <= width for line in drawn(width).splitlines()[2:])


EVIL = "\x1b[31mred\x1b]0;title\x07 \x9b7m\r\x08over\x7f\ttab"
SHOWN = "\ufffd[31mred\ufffd]0;title\ufffd \ufffd7m\ufffd\ufffdover\ufffd"


@pytest.mark.parametrize("screen", [Terminal, io.StringIO])
def test_text_from_outside_does_not_steer_the_terminal(
    screen: type[io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "200")
    with contextlib.redirect_stdout(screen()) as shown, contextlib.redirect_stderr(screen()) as said:
        output.table([{"title": EVIL, "names": [EVIL]}], ("title", "names"), "none")
        output.change("a b", {"at": 2, "out": EVIL, "into": "b"}, "title: ")
        output.tell(EVIL)
        output.say(EVIL)
    told = shown.getvalue() + said.getvalue()
    assert told.count(SHOWN) == 5
    assert not set(told) & set("\x1b\x07\x9b\r\x08\x7f")


def test_json_means_the_same_without_a_control_character_in_it() -> None:
    with contextlib.redirect_stdout(Terminal()) as shown:
        output.data({"title": EVIL})
    assert json.loads(shown.getvalue()) == {"title": EVIL}
    assert shown.getvalue().replace("\n", "").isprintable()


def test_a_title_does_not_turn_the_rest_of_the_line_round() -> None:
    with contextlib.redirect_stdout(Terminal()) as shown:
        output.tell("in \u202elive\u202d \u200fعربي")
    assert shown.getvalue() == "in \ufffdlive\ufffd \u200fعربي\n"


def test_words_give_way_with_a_mark_and_the_line_fits(drawn: Callable[[int], str]) -> None:
    for line in drawn(100).splitlines()[1:]:  # the head has codes for bold in it
        assert cell_len(line) == 100
        assert "…" in line


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-11-27T20:43:18.000000Z", "2026-11-27 20:43:18Z"),
        ("2026-11-27T20:43:18Z", "2026-11-27 20:43:18Z"),
        ("2026-03-01T12:00 Uhr: Fähre sinkt vor Kiel", "2026-03-01T12:00 Uhr: Fähre sinkt vor Kiel"),
        ("2026-03-01T23:30:00+05:00", "2026-03-01T23:30:00+05:00"),
    ],
)
def test_a_time_is_told_as_one_and_a_text_that_begins_like_one_stays_whole(value: str, shown: str) -> None:
    assert output.cell(value) == shown


@pytest.mark.parametrize(("count", "told"), [(0, "0 copies"), (1, "1 copy"), (2, "2 copies")])
def test_one_is_told_as_one(count: int, told: str) -> None:
    assert counted(count, "copy", "copies") == told
