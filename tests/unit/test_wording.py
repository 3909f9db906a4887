import time

from newstide.wording import Change, changes

OLD = "The council met on Monday and put off its decision on the bridge until the money is found."


def test_words_that_went_and_came_with_their_place_in_the_new_text():
    new = OLD.replace("Monday", "Tuesday night") + " More follows."
    assert changes(OLD, new) == [Change(19, "Monday", "Tuesday night"), Change(len(OLD) + 8, "", "More follows.")]
    assert all(new[c.at : c.at + len(c.into)] == c.into for c in changes(OLD, new))


def test_a_cut_is_placed_where_the_text_goes_on():
    assert changes(OLD, OLD.replace("on Monday ", "")) == [Change(16, "on Monday", "")]


def test_white_space_alone_is_no_change():
    assert changes(OLD, OLD.replace(" met", "\n\nmet")) == []


def test_scripts_without_blanks_are_compared_by_characters():
    assert changes("云岭自然保护区", "云岭国家保护区") == [Change(2, "自然", "国家")]


def test_one_word_in_common_is_no_island():
    assert changes("a b c d", "x b y d") == [Change(0, "a b c", "x b y")]


def test_long_texts_of_few_words_take_no_long_time():
    begun = time.process_time()
    changes("a b " * 20_000, "b a c " * 20_000)
    assert time.process_time() - begun < 5
