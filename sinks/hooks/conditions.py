"""An alert rule as SQL over the documented views, for windows and for backtests (`windows.py`).

It says what `streams/match.py` says of one article. Names and words are folded on both sides by the same
SQL, so that a rule's text travels as a parameter only.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from newstide.records import Rule
from newstide.urls import host

_ACCENTS = r"[\\x{300}-\\x{36f}\\x{591}-\\x{5c7}\\x{64b}-\\x{65f}\\x{670}]"
_SPACELESS = (
    r"([\\x{e00}-\\x{eff}\\x{1000}-\\x{109f}\\x{1780}-\\x{17ff}"
    r"\\x{3040}-\\x{30ff}\\x{3400}-\\x{9fff}\\x{20000}-\\x{3ffff}])"
)
_SPAN = "time > {since:DateTime64(3, 'UTC')} AND time <= {until:DateTime64(3, 'UTC')}"


def _fold(x: str) -> str:
    folded = f"normalizeUTF8NFC(caseFoldUTF8(normalizeUTF8NFC({x})))"
    return f"replaceAll(replaceAll({folded}, '\u0307', ''), 'ı', 'i')"


def _plain(x: str) -> str:
    bare = f"replaceRegexpAll(normalizeUTF8NFKD({_fold(x)}), '{_ACCENTS}', '')"
    return f"trimBoth(translateUTF8(normalizeUTF8NFC({bare}), 'øłđħ', 'oldh'))"


def _tokens(x: str) -> str:
    spaced = f"replaceRegexpAll({_fold(x)}, '{_SPACELESS}', ' \\\\1 ')"
    return f"concat(' ', trimBoth(replaceRegexpAll({spaced}, '[^\\\\p{{L}}\\\\p{{N}}\\\\p{{M}}_]+', ' ')), ' ')"


_ENTITY = f"""id IN (SELECT article FROM mention_facts WHERE {_SPAN}
    AND (entity IN {{entity:Array(String)}}
        OR hasAny(arrayMap(n -> {_plain("n")}, arrayConcat([name], texts)),
            arrayMap(e -> {_plain("e")}, {{entity:Array(String)}}))))"""
_TOPIC = f"""id IN (SELECT article FROM article_topics WHERE {_SPAN}
    AND arrayExists(t -> topic = t OR {_fold("name")} = {_fold("t")}
        OR (match(t, ':.') AND startsWith(topic, t)), {{topic:Array(String)}}))"""
_LANGUAGE = """arrayExists(l -> lower(splitByRegexp('[-_]', language)[1]) = lower(splitByRegexp('[-_]', l)[1]),
    {language:Array(String)})"""
_SOURCE = f"""arrayExists(s -> {_fold("outlet")} = {_fold("s")}
    OR endsWith(concat('.', lower(domain(url))), concat('.', {_fold("s")}))
    OR (position(s, '://') > 0 AND trimRight(ifNull(feed, ''), '/') = trimRight(s, '/')), {{source:Array(String)}})"""

_CONDITIONS = {"entity": _ENTITY, "topic": _TOPIC, "language": _LANGUAGE, "source": _SOURCE}


def condition(rule: Rule, since: datetime, until: datetime) -> tuple[str, Mapping[str, Any]]:
    """The WHERE of the rule over `article_versions` with `time` in (since, until], and its parameters."""
    lists = {name: list(getattr(rule, name)) for name in _CONDITIONS if getattr(rule, name)}
    if rule.source:  # addresses are kept in ASCII
        lists["source"] += [name for name in (host(f"//{name}") for name in rule.source) if name]
    # One comparison per word, not a lambda over all: a lambda would copy every text for every word.
    words = {f"word{number}": word for number, word in enumerate(rule.words)}
    holds = [_SPAN, *(_CONDITIONS[name] for name in lists), *(_word(name) for name in words)]
    return "\n    AND ".join(holds), {"since": since, "until": until, **lists, **words}


def _word(name: str) -> str:
    line = f"concat({_tokens('title')}, '\\n', {_tokens('text')})"
    return f"position({line}, {_tokens(f'{{{name}:String}}')}) > 0"
