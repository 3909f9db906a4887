"""Which functions a guest may call, from the engine's own list: by category, so that what a new version brings is closed.

`system.functions` says of each function what it is for. Open are the categories that only compute, and of the mixed
ones the functions named here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

FUNCTIONS = "SELECT name, alias_to, case_insensitive, categories FROM system.functions"
COMBINATORS = "SELECT name FROM system.aggregate_function_combinators"
VIEW = (
    "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = {name:String} AND engine = 'View'"
)

COMPUTING = {
    "Aggregate Functions", "Arithmetic", "Arrays", "Bit", "Bitmap", "Comparison", "Conditional", "Dates and Times",
    "Distance", "Encoding", "Encryption", "Financial", "Geo", "Geo Polygon", "Hash", "IP Address", "JSON", "Logical",
    "Map", "Mathematical", "Null", "Random Number", "Rounding", "String", "String Replacement", "String Search",
    "String Splitting", "Time Window", "Tuple", "Type Conversion", "URL", "UUID",
}  # fmt: skip
ALSO = set(
    """_CAST caseWithExpression nested lambda exists seriesDecomposeSTL seriesOutliersDetectTukey bar byteSize
countDigits currentDatabase currentSchemas currentUser defaultValueOfTypeName dynamicType finalizeAggregation
formatReadableDecimalSize formatReadableQuantity formatReadableSize formatReadableTimeDelta getSizeOfEnumType getSubcolumn
identity ignore indexHint initializeAggregation isConstant isDecimalOverflow materialize parseReadableSize
parseReadableSizeOrNull parseReadableSizeOrZero parseTimeDelta rowNumberInAllBlocks rowNumberInBlock throwIf toColumnTypeName toTypeName transform variantElement variantType version visibleWidth
grouping untuple""".split()
)
NEVER = {"flameGraph", "aggThrow", "MACStringToOUI"}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The names of one engine. `is_view` says whether the store's database has a view of that name."""

    database: str
    exact: frozenset[str]
    folded: frozenset[str]
    closed: frozenset[str]
    combinators: tuple[str, ...]
    is_view: Callable[[str], bool]

    def allows(self, name: str) -> bool:
        """Whether this function only computes; with combinators, as in `uniqIfMerge`."""
        if name in self.exact or name.lower() in self.folded:
            return True
        return any(
            self.allows(name.removesuffix(end)) for end in self.combinators if name.endswith(end) and name != end
        )

    def forbids(self, name: str) -> bool:
        """Whether the engine has a function of this name that a guest may not call."""
        return name.lower() in self.closed


def catalogue(
    database: str, functions: Iterable[Sequence[Any]], combinators: Iterable[str], is_view: Callable[[str], bool]
) -> Catalogue:
    """Of the rows of FUNCTIONS and the names of COMBINATORS."""
    rows = list(functions)
    kinds = {name: categories for name, _, _, categories in rows}
    meant = {name: alias or name for name, alias, _, _ in rows}
    opened = {name for name in kinds if _open(meant.get(meant[name], meant[name]), kinds)}
    exact = frozenset(opened | ALSO)
    return Catalogue(
        database,
        exact,
        frozenset(name.lower() for name, _, anyhow, _ in rows if anyhow and name in opened),
        frozenset(name.lower() for name in kinds) - {name.lower() for name in exact},
        tuple(combinators),
        is_view,
    )


def _open(name: str, kinds: dict[str, str]) -> bool:
    return name not in NEVER and (name in ALSO or kinds.get(name, "") in COMPUTING)
