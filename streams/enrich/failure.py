"""Why a page gave no article: one fixed phrase, never a bare None."""

import re
from typing import Any

from streams.enrich.facts import Facts
from streams.enrich.page import walled

# Less text than this is a teaser, a notice or an error: trafilatura's own least.
THIN = 250
# A page of fewer visible characters may be nothing but a notice.
_NOTICE = 3_000
_CONSENT = re.compile(
    r"before you continue|(?:your|ihre|vos|tus) (?:privacy|privatsphäre|données|datos)|consent|einwilligung|zustimmung|consentement|consentimiento"
    r"|çerez|ملفات تعريف الارتباط|accept(?:er)? (?:all )?(?:les )?cookies|cookies? (?:policy|settings|richtlinie)",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"subscribers? only|subscribe to (?:continue|read|unlock)|(?:to|sign in to|log in to) (?:continue|keep) reading|already a subscriber|exclusively for subscribers"
    r"|réservé (?:à|aux) (?:nos )?abonnés|abonnez-vous pour lire|déjà abonné|weiterlesen mit|bereits abonnent|nur für abonnenten|jetzt (?:abonnieren|testen) und weiterlesen"
    r"|(?:solo|exclusivo) para suscriptores|suscríbete para (?:seguir|leer)|abonelere özel|للمشتركين فقط",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"just a moment\.\.\.|attention required|access denied|are you (?:a robot|human)|verify (?:that )?you are (?:a )?human|unusual traffic|checking your browser"
    r"|request (?:was )?blocked|captcha|pardon our interruption",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"\b404\b|page (?:not found|cannot be found|doesn't exist)|not found$|seite nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|sayfa bulunamadı|الصفحة غير موجودة",
    re.IGNORECASE,
)


def reason(tree: Any, facts: Facts, text: str) -> str:
    """Why the tree's `text` is no article; "" where it is long enough to be one.

    One of: bot wall, error page, consent wall, paywall, script-only page, too short, no article.
    """
    if len(text) >= THIN:
        return ""
    seen = _visible(tree)
    title = facts.title + " " + " ".join(facts.headings[:1])
    short = len(seen) < _NOTICE
    scripted = not text and len(seen) < THIN and (any(True for _ in tree.iter("script")) or _asks_for_script(tree))
    found = {
        "bot wall": _ROBOT.search(title) or (short and _ROBOT.search(seen)),
        "error page": _MISSING.search(title),
        "consent wall": _CONSENT.search(title) or (short and len(_CONSENT.findall(seen)) >= 2),
        "paywall": walled(facts) or _WALL.search(seen),
        "script-only page": scripted,
        "too short": text,
    }
    return next((why for why, holds in found.items() if holds), "no article")


def _visible(tree: Any) -> str:
    """The first words that a reader would see."""
    parts: list[str] = []
    size = 0
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in {
            "script",
            "style",
            "noscript",
            "template",
            "head",
            "title",
            "meta",
            "link",
        }:
            for text in (element.text, element.tail):
                if text and text.strip():
                    parts.append(text)
                    size += len(text)
        if size > 5_000:
            break
    return " ".join(" ".join(parts).split())


def _asks_for_script(tree: Any) -> bool:
    return any("javascript" in "".join(e.itertext()).lower() for e in tree.iter("noscript"))
