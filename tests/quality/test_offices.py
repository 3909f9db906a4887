"""Names that every country has an institution for: whose is it, and is a name that is nobody's left out? Written by hand.

`python -m pytest tests/quality/test_offices.py -s` prints what went wrong. Traps are marked by a `!`: a name that must
stay with somebody else, or be left out, though a country is named near by.
"""

from newstide.entities import OwnEntity
from streams.enrich.entities import recognise
from streams.enrich.lexicon import Lexicon

# (text, the name in it, the entity's name; "" for none)
CASES = (
    ("BAGHDAD (AP) - The Interior Ministry said a bomb killed two people in the Iraqi capital.", "Interior Ministry", "Iraqi Interior Ministry"),
    ("BAGHDAD (AP) - Two people died. Iran's Foreign Ministry sent condolences to Iraq. The Interior Ministry gave no details.", "Interior Ministry", "Iraqi Interior Ministry"),
    ("WASHINGTON (AP) - Congress approved the budget on Friday.", "Congress", "United States Congress"),
    ("WASHINGTON (AP) - The Senate voted on arms for Ukraine on Friday.", "Senate", "United States Senate"),
    ("NEW DELHI - Congress lost the vote in Rajasthan to the BJP, and Indian papers blamed its leaders.", "Congress", "Indian National Congress"),
    ("LIMA, March 3 - Congress removed the president of Peru on Monday.", "Congress", "Peruvian Congress"),
    ("KATHMANDU - Congress will lead the next government of Nepal.", "Congress", "Nepali Congress"),
    ("LONDON - Parliament will vote on the bill on Tuesday, a British minister said.", "Parliament", "British Parliament"),
    ("ANKARA (AA) - Parliament passed the law on Monday. Turkey's opposition walked out.", "Parliament", "Grand National Assembly of Turkey"),
    ("KYIV - Russia fired missiles at Ukraine. The Ukrainian Defence Ministry said so on Monday; the Defence Ministry counted 40 missiles over Kyiv.", "Defence Ministry counted", "Ukrainian Defence Ministry"),
    ("Iraqi Interior Ministry spokesman Saad Maan spoke in Baghdad.", "Iraqi Interior Ministry", "Iraqi Interior Ministry"),
    ("The Ministry of Interior of Iraq denied it.", "Ministry of Interior", "Iraqi Interior Ministry"),
    ("Canada's Supreme Court ruled against the US company.", "Supreme Court", "Canadian Supreme Court"),
    ("The Supreme Court of Canada ruled against the US company.", "Supreme Court of Canada", "Canadian Supreme Court"),
    ("WASHINGTON - The Supreme Court let the ban stand. Justices of the United States heard the case in May.", "Supreme Court", "U.S. Supreme Court"),
    ("MANILA - The Department of Justice charged a senator of the Philippines.", "Department of Justice", "Philippine Justice Department"),
    ("WASHINGTON - The Justice Department charged a man from Ohio.", "Justice Department", "U.S. Justice Department"),
    ("ABUJA - The House of Representatives of Nigeria opened a probe.", "House of Representatives", "Nigerian House of Representatives"),
    ("Pakistan's Foreign Office summoned the Indian envoy.", "Foreign Office", "Pakistani Foreign Office"),
    ("LONDON - The Foreign Office warned British travellers.", "Foreign Office", "Foreign Office"),
    ("LONDON - The Treasury raised taxes in Britain by a penny.", "Treasury", "HM Treasury"),
    ("WASHINGTON - The Treasury sold bonds worth 40 billion dollars.", "Treasury", "U.S. Treasury Department"),
    ("COLOMBO - The Army cleared the road, and Sri Lankan police stood by.", "Army", "Sri Lankan Army"),
    ("NAIROBI - The High Court stopped the levy. Kenyan lawyers had sued.", "High Court", "Kenyan High Court"),
    ("The Ministry of Trade and Industry of Ghana met traders in Accra.", "Ministry of Trade and Industry", "Ghanaian Trade and Industry Ministry"),
    ("SEOUL - Korean singers toured Europe, and South Korea cheered.", "Korean", "South Korea"),
    ("PYONGYANG - North Korea fired a missile. Korean state media showed it.", "Korean state", "North Korea"),
    ("BRUSSELS - The European Commission fined Apple, and the Commission said it may do so again.", "Commission said", "European Commission"),
    # ! nobody's
    ("Parliament met on Monday and voted on the budget.", "Parliament", ""),
    ("The Government said that prices would fall.", "Government", ""),
    ("France and Germany signed the treaty. The Foreign Ministry published the text.", "Foreign Ministry", ""),
    ("China and the United States talked about trade in Geneva, and the Army paraded.", "Army", ""),
    ("Korean food is loved by many, the cook said.", "Korean", ""),
    ("North Korea and South Korea met, and a Korean delegation left.", "Korean delegation", ""),
    # ! somebody else's
    ("STRASBOURG - The European Parliament debated Hungary. Parliament wants Hungarian funds cut.", "Parliament wants", ""),
    ("EDINBURGH - The Scottish Parliament passed the bill that the United Kingdom had opposed.", "Scottish Parliament", "Scottish Parliament"),
    ("The California Senate passed the bill against the wish of the United States.", "California Senate", "California Senate"),
    ("The Trades Union Congress met in Brighton.", "Trades Union Congress", "Trades Union Congress"),
    ("The African National Congress lost seats in South Africa.", "African National Congress", "African National Congress"),
    ("BEIRUT - Israel's Defence Ministry spoke of Lebanon, and Lebanon's Parliament met in Beirut.", "Defence Ministry", "Israeli Defence Ministry"),
    ("BEIRUT - Israel's Defence Ministry spoke of Lebanon, and Lebanon's Parliament met in Beirut.", "Parliament", "Lebanese Parliament"),
    ("DAMASCUS - Doctors of Damascus University joined the strike in Syria.", "Damascus University", "Damascus University"),
    ("The Free Syrian Army held the village in Syria.", "Free Syrian Army", "Free Syrian Army"),
    ("Parliament Square in London was full, and Britain slept.", "Parliament Square", "Parliament Square"),
)  # fmt: skip
# Names that are no entity by themselves, whatever stands around them.
GENERIC = frozenset({"Government", "Congress", "Parliament", "Ministry", "Army", "Senate", "Supreme Court", "Interior Ministry", "State Department", "Korean"})  # fmt: skip


def _taken(text: str, name: str) -> set[str]:
    """The names of the entities that have a mention in the stretch where the name stands; of `X said` X counts."""
    start = text.index(name)
    found = {
        (m.start, m.end): e.name
        for e in recognise([("", text, "en")])[0]
        for m in e.mentions
        if m.start < start + len(name) and start < m.end
    }
    return set(found.values()) or {""}


def test_an_institution_is_its_countrys_or_nobodys() -> None:
    wrong = [(text, name, meant, found) for text, name, meant in CASES if meant not in (found := _taken(text, name))]
    print(f"{len(CASES) - len(wrong)} of {len(CASES)} right", *wrong, sep="\n")
    assert len(CASES) - len(wrong) >= 40


def test_no_name_that_every_country_has_is_an_entity_by_itself() -> None:
    found = {(e.name, text) for text, *_ in CASES for e in recognise([("", text, "en")])[0] if e.name in GENERIC}
    assert not found


def test_a_country_that_the_user_has_renamed_keeps_its_institutions_and_the_users_own_stay() -> None:
    book = Lexicon([OwnEntity(name="Türkiye", type="LOC", id="Q43"), OwnEntity(name="Senate", type="ORG")])
    text = "ANKARA - The Interior Ministry of Turkey denied it, and Senate opened a shop."
    names = {e.name for e in recognise([("", text, "en")], book=book)[0]}
    assert {"Turkish Interior Ministry", "Senate"} <= names
