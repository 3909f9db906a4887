"""The articles of one text as groups, each with the one that stands as their original.

The first that arrives is decided to be the original. Where better evidence comes later, with the true original
or with a copy that names it, another one stands from then on. What was corrected before is corrected again, so that
whoever reads corrections is never more than one step from the original.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from newstide.records import Decision, Relation

# Members of a group that are asked, the oldest first: bounds the time for one article.
ASKED = 64


@dataclass(slots=True, eq=False)
class Group:
    """`members` are its newest decisions in the window, oldest first; `rows` has the articles that were corrected,
    with the input of the decision that last did so.
    """

    standing: str
    members: dict[str, Decision] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def asked(self) -> list[Decision]:
        return list(islice(self.members.values(), ASKED))


class Groups:
    """`newest` gives the held decision on an article's newest version."""

    def __init__(self, newest: Callable[[str], Decision | None]) -> None:
        self._newest = newest
        self._groups: dict[str, Group] = {}  # by every member's id, and by that of the one that stands
        self._derived: dict[str, tuple[int, str]] = {}

    def of(self, article: str) -> Group | None:
        """The group of an article; None while it has no copy."""
        return self._groups.get(article)

    def original(self, article: str) -> str:
        """The original of the article's group, itself where it has none."""
        group = self.of(article)
        return group.standing if group else article

    def standing(self, held: Decision) -> tuple[Relation | None, str | None]:
        """Relation and `of` of an article, after all corrections."""
        if found := self._derived.get(held.id):
            return "derived", found[1]
        if held.relation == "derived":
            return "derived", held.of and self.original(held.of)
        original = self.original(held.id)
        return ("original", None) if original == held.id and held.relation else (held.relation and "copy", original)

    def add(self, decision: Decision) -> None:
        """Count a decision in that the window has taken, and do its corrections."""
        if decision.lineage:
            self._correct(decision)
        if decision.relation == "copy" and decision.of:
            self._put(self._group(decision.of), decision)
        elif decision.relation == "original" and (group := self.of(decision.id)):
            self._put(group, decision)

    def remove(self, decisions: Iterable[Decision]) -> None:
        """Count out the oldest decisions."""
        for decision in decisions:
            for row in decision.lineage:
                if self._derived.get(row.article, (None,))[0] == decision.input:
                    del self._derived[row.article]
            if group := self.of(decision.id):
                self._take_out(group, decision)

    def state(self) -> list[object]:
        groups = {group.standing: group for group in self._groups.values()}
        told = [[s, [d.input for d in g.members.values()], sorted(g.rows.items())] for s, g in sorted(groups.items())]
        return [told, sorted(self._groups), sorted(self._derived.items())]

    def _group(self, article: str) -> Group:
        """The article's group, a new one with it where it had none."""
        group = self.of(article)
        if group is None:
            group = self._groups[article] = Group(article)
            if (held := self._newest(article)) is not None:
                group.members[article] = held
        return group

    def _put(self, group: Group, decision: Decision) -> None:
        group.members.pop(decision.id, None)
        group.members[decision.id] = self._newest(decision.id) or decision  # what the window holds is slimmer
        self._groups[decision.id] = group

    def _correct(self, decision: Decision) -> None:
        """The first row names the new original: groups that were two become one."""
        row = decision.lineage[0]
        if row.relation == "derived" or row.of is None:
            self._derived[row.article] = decision.input, row.of or ""
            return
        group = self._group(row.of if self.of(row.of) else row.article)
        group.standing = row.of
        self._groups[row.of] = group
        for row in decision.lineage:
            self._derived.pop(row.article, None)
            other = self._group(row.article)
            if other is not group:
                self._join(group, other)
            group.rows[row.article] = decision.input
            self._groups[row.article] = group

    def _join(self, group: Group, other: Group) -> None:
        group.members = {m.id: m for m in sorted((group.members | other.members).values(), key=lambda m: m.input)}
        group.rows |= other.rows
        for article in (*other.members, *other.rows):
            self._groups[article] = group
        if (
            other.standing != group.standing
            and other.standing not in group.members
            and other.standing not in group.rows
        ):
            self._groups.pop(other.standing, None)

    def _take_out(self, group: Group, decision: Decision) -> None:
        gone = {decision.id}
        for row in decision.lineage:
            if group.rows.get(row.article) == decision.input:
                del group.rows[row.article]
                gone.add(row.article)
        held = group.members.get(decision.id)
        if held is not None and held.input == decision.input:
            del group.members[decision.id]
        # One that stands alone is no group: a fold that begins later would not know of it.
        alone = not group.rows and group.members.keys() <= {group.standing}
        for article in gone | {group.standing}:
            if alone or (article not in group.members and article not in group.rows and article != group.standing):
                self._groups.pop(article, None)
