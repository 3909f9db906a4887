"""What an element's own markup says of it: that it is no part of the article, and why."""

import re
from functools import lru_cache
from typing import Any

# Elements whose text is never the article's; the walk does not enter them.
SKIPPED = frozenset(
    "script style noscript template iframe svg canvas object embed button select option input textarea label nav footer "
    "dialog menu audio video head map datalist".split()
)
# Names that outlets give, in `class` and `id`, to what surrounds or interrupts an article. First match wins.
_NAMES = {
    "newsletter": r"news-?letters?(?:-?\w+)?|(?:access|registration|reg)-?wall|subscri(?:be|ption)s?(?:-?(?:box|form|cta|promo|widget|banner))?|sign-?up|mailchimp|e?mail-?(?:signup|form|capture)|abo-?box|boletin(?:es)?|infolettre|bulten",
    "appeal": r"donat(?:e|ion)s?(?:-?\w+)?|support-?us|contribute-?\w*|spenden?-?\w*|fundrais\w+|(?:apoie|apoya|apoyanos|soutenez|sostieni|destek)(?:-?\w+)?",
    "cookie": r"cookies?(?:-?\w+)?|consent-?\w*|gdpr\w*",
    "share": r"share(?:-?(?:bar|box|buttons?|links?|tools?|this|icons?|widget|list))?|sharing|user-?options|teilen|compartir|partager|condividi|paylas|udostepnij|sharedaddy|social(?:-?(?:bar|buttons?|links?|share|media|icons?|tools?|follow))?|addthis\w*|addtoany\w*|follow-?us",
    "comments": r"comments?(?:-?(?:area|list|section|form|wrapper|respond|thread|count))?|disqus\w*|respond|(?:comentarios?|kommentare?|commentaires?|commenti|yorum(?:lar)?|reacties|komentarze)(?:-?\w+)?",
    "ad": r"ads?|advert(?:s|isements?|ising|orial)?|ad-?(?:slot|unit|wrapper|container|label|break|banner)|sponsor(?:ed|s)?(?:-?\w+)?|promo(?:s|box|tion|ted)?|affiliate-?\w*",
    "related": r"right-?(?:bx|box|col|column|rail|bar)\w*|related(?!-?to\b)(?:-?(?:articles?|posts?|links?|content|stories|story|news|box))?|recommend(?:ed|ations?)?|recirc(?:ulation)?|read-?(?:more|also|next)|also-?read|more-?(?:stories|news|from|on|articles)"
    r"|most-?(?:read|popular|viewed|shared)|trending|popular-?(?:posts|articles|stories|news)|up-?next|next-?(?:article|story|post)|outbrain|taboola|zergnet|dianomi|nativo|correlat\w*|verwandte\w*|zum-?thema|relacionad[oa]s?|articles?-?lies|teaser-?list"
    r"|lire-?(?:aussi|plus)|a-?lire|leia-?(?:tambem|mais)|l(?:ea|ee)-?(?:tambien|mas)|leggi-?anche|lees-?(?:ook|meer)|las-?(?:mer|ocksa)|les-?ogsa|czytaj-?\w+|mehr-?zum-?thema|siehe-?auch|weitere-?(?:artikel|meldungen)|ilgili(?:-?\w+)?|vinculad[oa]s?|verwandt\w*|powiazane|after-?(?:text|content|article)|abbinder(?:-?\w+)?",
    "tags": r"bread-?crumbs?|tags?-?(?:list|links|cloud|box)|(?:article|post|entry)-?tags|topics?-?list|etiquetas?|etiket(?:ler)?|schlagwort\w*|mots-?cles|tagi|slides?-?count(?:er)?|read(?:ing)?-?time|lese-?(?:dauer|zeit)|(?:\w+-?)?disclaimer|meta-?nav|pagination|post-?navigation|nav-?links",
    "author": r"author-?(?:bio|box|info|card|about|description|profile)|about-?(?:the-?)?author|bio-?box|byline-?(?:bio|block)|(?:autor(?:en|a)?|auteur|autore|yazar|experts?|expert[eo]n?|contributors?)-?(?:bio|box|info|card|profil\w*|kasten)|(?:m-a-)?box-?bio",
    "caption": r"(?:photo-?|image-?|media-?|gallery-?|img-?|figure-?)?captions?(?:-?(?:text|credit|wrap|container))?|\w*(?:bild|foto|photo|image|img|picture)[-_]*(?:info|text|legende?|desc(?:ription)?|unterschrift|zeile|credits?|copyright|source)\w*|wp-caption-text|(?:photo-?|image-?)credits?|credits?|bildunterschrift|(?:img-?|photo-?|image-?)?courtesy|copyrights?|pie-?(?:de-?)?foto|leyenda|legende|didascalia|fotograf(?:o|er|ia)?",
    "teaser": r"teasers?|excerpts?|line-clamp-\d|cards?|more-?topics?|listing(?:-?items?)?",
    "hidden": r"print-?(?:footer|header|only)|modal|debug(?:-?\w+)?|cite-?(?:this|wrapper|article)|citation-?box|screen-?reader(?:-?text)?|sr-only|visually-?hidden|a11y-hidden|skip-?link",
    "aside": r"widget(?:s|-?area)?|sidebar\w*|side-?bar",
}
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _NAMES.items()) + r")(?=$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden", re.IGNORECASE)
_TAGS = {"figcaption": "caption", "aside": "aside"}
# Names that outlets also give to containers of the article itself.
WEAK = frozenset({"ad", "aside", "share", "tags", "cookie", "teaser"})
# Longer lists of names are style sheets' business.
_LONGEST = 300


def label(element: Any) -> str | None:
    """The reason why its text is not the article's, in a fixed word; None where the markup says nothing."""
    named = _TAGS.get(element.tag)
    if named:
        return named
    if element.tag == "article" and next(element.iterancestors("article"), None) is not None:
        return "teaser"
    names = element.get("class", "") + " " + element.get("id", "")
    found = _named(names) if 1 < len(names) <= _LONGEST else None
    if found:
        return found
    return "hidden" if _HIDDEN.search(element.get("style", "")) else None


@lru_cache(maxsize=8192)
def _named(names: str) -> str | None:
    match = _NAMED.search(names)
    return match.lastgroup if match else None
