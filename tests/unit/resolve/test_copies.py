from dataclasses import replace

import pytest

from newstide.records import Article, Rule
from streams.match import matches
from streams.resolve.resolver import merge
from tests.unit.resolve.edits import COPIES, Edit, cut_tail, renumbered, trimmed_quote
from tests.unit.resolve.making import Line, article
from tests.unit.resolve.texts import ARTICLES


@pytest.fixture
def line() -> Line:
    """All our texts have gone by, from one agency."""
    line = Line()
    line.take_all(article(key, "agency", title, text) for key, (title, text) in ARTICLES.items())
    return line


def test_different_texts_are_originals_of_different_stories(line):
    assert {d.relation for d in line.decisions} == {"original"}
    assert len({d.story for d in line.decisions}) == len(ARTICLES)


@pytest.mark.parametrize("key", ARTICLES)
@pytest.mark.parametrize("edit", COPIES, ids=lambda e: e.__name__)
def test_a_wire_edit_is_a_copy_in_every_script(line: Line, key: str, edit: Edit):
    decision = line.take(article("copy", "daily", *edit(*ARTICLES[key])))
    assert (decision.relation, decision.of) == ("copy", key)
    assert decision.story == next(d.story for d in line.decisions if d.id == key)


@pytest.mark.parametrize("edit", COPIES, ids=lambda e: e.__name__)
def test_the_edit_first_and_the_full_text_later_is_known_too(edit: Edit):
    line = Line()
    first = line.take(article("first", "daily", *edit(*ARTICLES["ferry"])))
    full = line.take(article("full", "agency", *ARTICLES["ferry"]))
    assert full.story == first.story
    if edit in {cut_tail, trimmed_quote}:
        assert full.relation == "original"
        assert [(c.article, c.relation, c.of, c.evidence) for c in full.lineage] == [
            ("first", "copy", "full", "a part of it, cut")
        ]
    else:
        assert (full.relation, full.of, full.evidence) == ("copy", "first", "arrived first")


@pytest.mark.parametrize("key", ["ferry", "bank", "dam", "strike", "port"])
def test_the_same_form_with_other_numbers_is_no_copy(line: Line, key: str):
    assert line.take(article("next", "daily", *renumbered(*ARTICLES[key]))).relation == "original"


def test_day_2_is_not_day_21():
    form = (
        "Day {} of the search for the missing climbers ended without result, the mountain rescue service said in the "
        "evening. Teams combed the northern slope with dogs and drones until strong winds forced them back to the "
        "valley. The search will go on at first light, and volunteers are asked to bring ropes and warm clothing."
    )
    line = Line()
    line.take(article("a", "agency", "Search goes on", form.format(2)))
    assert line.take(article("b", "daily", "Search goes on", form.format(21))).relation == "original"
    assert line.take(article("c", "herald", "Search goes on", form.format(2))).of == "a"


def test_numbers_with_their_units_written_onto_them_are_numbers():
    form = (
        "Berlin {0}C, wind {1}mph. The city will see sun for most of the day, and the night stays mild along the river. In the "
        "evening clouds come from the west, with some rain, {2}mm at most, before the morning. Gardeners are asked to water little, "
        "for the reservoirs are low after this {0}th week without a storm, and the forest is dry enough to burn from any spark."
    )
    line = Line()
    line.take(article("a", "agency", "The weather", form.format(4, 30, 20)))
    assert line.take(article("b", "daily", "The weather", form.format(14, 10, 2))).relation == "original"
    spaced = form.replace("C,", " C,").replace("mph", " mph").replace("mm", " mm").format(4, 30, 20)
    assert line.take(article("c", "herald", "The weather", spaced)).of == "a"


def test_own_reporting_around_a_large_part_is_derived(line: Line):
    own = "\n".join(text for _, text in (ARTICLES["satellite"], ARTICLES["festival"]))
    taken = "\n".join(ARTICLES["ferry"][1].split("\n")[:3])
    decision = line.take(article("mixed", "daily", "What we know", own[: len(taken)] + "\n" + taken))
    # Its own half stands in texts of the agency as well: either may be named, but not as copied.
    assert decision.relation == "derived"
    assert decision.of in {"ferry", "satellite"}
    assert 0.3 <= decision.similarity < 0.8


def test_one_quoted_sentence_is_neither_copy_nor_derived(line: Line):
    quote = ARTICLES["ferry"][1].split("\n")[2]
    own = ARTICLES["dam"][1].replace("water", "timber").replace("the", "a").replace("city", "county")
    own = " ".join(word for i, word in enumerate(own.split()) if i % 3)
    assert line.take(article("own", "daily", "Timber", f"{own}\n{quote}")).relation == "original"


def test_a_copy_of_a_copy_names_the_original(line: Line):
    title, text = ARTICLES["strike"]
    line.take(article("c1", "daily", title, text + "\nReaders can write to our desk about it at any time of day."))
    decision = line.take(article("c2", "herald", title, text + "\nReaders can write to our desk about it at any time."))
    assert (decision.relation, decision.of) == ("copy", "strike")


def test_an_edit_of_an_edit_is_found_through_the_edit(line: Line):
    title, text = ARTICLES["dam"]
    lead = "The quarrel about water has reached the kitchens of the valley and nobody expects a quick end to it.\n"
    line.take(article("c1", "daily", title, lead + text))
    half = lead + "\n".join(text.split("\n")[:2])
    assert line.take(article("c2", "herald", title, half)).of == "dam"


def test_wire_storm_is_one_original_199_copies_and_one_alert():
    line = Line()
    title, text = ARTICLES["vaccine"]
    decisions = line.take_all(
        article(f"a{i}", f"outlet{i}", f"{title} ({i})", COPIES[i % len(COPIES)](title, text)[1] if i else text)
        for i in range(200)
    )
    assert [d.relation for d in decisions] == ["original"] + ["copy"] * 199
    assert {d.of for d in decisions[1:]} == {"a0"}
    assert len({d.story for d in decisions}) == 1
    resolved = [merge(a, d) for a, d in zip(line.articles, decisions, strict=True)]
    rule = Rule(name="vaccine", hooks=("desk",), words=(title.split()[0],))
    assert [a.id for a in resolved if isinstance(a, Article) and matches(rule, a)] == ["a0"]


class TestWithinOneOutlet:
    def test_an_edited_text_under_another_address_is_not_folded(self, line: Line):
        title, text = ARTICLES["bank"]
        assert line.take(article("again", "agency", title, text + "\nMore follows.")).relation == "original"

    def test_the_same_long_text_is_a_copy(self, line: Line):
        decision = line.take(article("again", "agency", "Another headline", ARTICLES["bank"][1]))
        assert (decision.relation, decision.of) == ("copy", "bank")

    def test_the_same_text_below_80_words_is_not_folded(self):
        line, text = Line(), " ".join(ARTICLES["bank"][1].split()[:60])
        line.take(article("a", "agency", "One", text))
        assert line.take(article("b", "agency", "Two", text)).relation == "original"
        assert line.take(article("c", "daily", "Three", text)).of == "a"


class TestShortTexts:
    def test_below_40_words_only_headline_and_text_together_make_a_copy(self):
        line, text = Line(), " ".join(ARTICLES["bank"][1].split()[:30])
        line.take(article("a", "agency", "Rate unchanged", text))
        assert line.take(article("b", "daily", "Rate unchanged", text)).of == "a"
        assert line.take(article("c", "herald", "Bank waits", text)).relation == "original"

    @pytest.mark.parametrize("text", ["", "Subscribe to read", "…"])
    def test_empty_and_tiny_texts_are_never_folded(self, text: str):
        line = Line()
        line.take(article("a", "agency", "Subscribe to read", text))
        assert line.take(article("b", "daily", "Subscribe to read", text)).relation == "original"


def test_a_text_that_is_gone_is_not_compared(line: Line):
    title, text = COPIES[2](*ARTICLES["ferry"])
    line.resolver._copies._text_of = lambda offset: None
    assert line.take(article("copy", "daily", title, text)).relation == "original"


def test_a_broken_or_missing_signature_costs_only_near_copies(line: Line):
    title, text = ARTICLES["dam"]
    for bad in ("", "AAAA", "not base64!"):
        near = article(f"n{bad}", "daily", title, f"{text}\nEnd {bad}.")
        assert line.take(replace(near, signature=bad)).relation == "original"
    assert line.take(replace(article("e", "herald", title, text), signature="")).of == "dam"
