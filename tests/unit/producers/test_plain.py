import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.plain import plain, sound


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One <b>bold</b>\nword.</p><p>Two</p>tail", "One bold word.\nTwo\ntail"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<div>x<script>var a = '<p>';</script><style>p {}</style>y</div>", "xy"),
        ("first line\n  second  line\n\nthird", "first line\nsecond line\nthird"),
        ("Tea &amp; salt &lt;3", "Tea & salt <3"),
        ("<!-- only a comment -->", ""),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("", ""),
        ("<p>a\x0bb</p>&#11;c\x01<br>\ufffe\x7fd", "a b\nc\n\x7fd"),
        ("<div>" * 300 + "deep" + "</div>" * 300 + " after", "deep after"),
        ("<div>" * 300 + "Tea &amp; salt<script>if (a < b) {}</script><Style>p {}</STYLE>", "Tea & salt"),
    ],
)
def test_plain(markup: str, text: str):
    assert plain(markup) == text


@given(st.text() | st.from_regex(r"(<[a-z]{1,4}/?>|[a-z&;# \x00-\x1f\ufffe\uffff]|</[a-z]+>){0,20}", fullmatch=True))
def test_plain_takes_anything_and_can_be_encoded(markup: str):
    plain(markup).encode()


def test_sound():
    assert sound("a\ud800b\0") == "a\ufffdb"
