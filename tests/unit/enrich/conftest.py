from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from newstide.records import Article, RawArticle
from streams.pipeline import enrich

FETCHED = datetime(2026, 3, 4, 12, tzinfo=UTC)


def make_raw(**fields: Any) -> RawArticle:
    base = {"id": "a1", "outlet": "example.org", "url": "https://example.org/a", "fetched": FETCHED}
    return RawArticle(**{**base, **fields})


@pytest.fixture
def raw() -> Callable[..., RawArticle]:
    return make_raw


@pytest.fixture
def article() -> Callable[..., Article]:
    """The article that fields of a raw record come to."""

    def build(**fields: Any) -> Article:
        [outcome] = enrich([(None, make_raw(**fields))])
        assert isinstance(outcome, Article), outcome
        return outcome

    return build
