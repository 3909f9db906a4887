"""One story as it is held while it is open."""

import hashlib
from dataclasses import dataclass, field

# Share of a story's articles that must have a term for it to count in full; tuned with the constants of `stories.py`.
QUORUM = 0.511


def story_id(article: str) -> str:
    """The id of the story that this article founds."""
    return "s" + hashlib.sha256(article.encode("utf-8", "replace")).hexdigest()[:16]


def side_id(article: str, offset: int) -> str:
    """The id of the side that this article founds in a story: a new one each time that the article comes, by its input's offset."""
    return "d" + hashlib.sha256(f"{offset} {article}".encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(slots=True, eq=False)
class Story:
    """`inputs` are all its decisions in the window, oldest first; `size` counts those whose terms count.

    `last` is the Unix time of the newest; `per_quorum` is what one article adds to a term's quorum. `alone` terms were heard
    in this story only, once, and share its `place` in the index.
    """

    id: str
    last: float = 0.0
    size: int = 0
    per_quorum: float = 0.0
    alone: int = 0
    place: int = 0
    inputs: list[int] = field(default_factory=list)

    def resize(self, by: int) -> None:
        self.size += by
        self.per_quorum = 1 / (QUORUM * self.size) if self.size else 0.0
