"""Says whether an English word is in the past tense. It would rather believe than accuse."""

from __future__ import annotations

from collections.abc import Iterator

_NOT_PAST = """
    bed bleed breed creed deed embed exceed feed greed hatred heed hundred indeed kindred knead
    naked need newsfeed proceed red reed sacred screed seabed seed speed steed succeed tweed weed
"""
_IRREGULAR = """
    arisen arose ate awoke awoken beaten became become been befallen began begun bent bet bid
    bidden bit bitten bled blew blown bore born borne bought bound bred broke broken brought built
    burnt burst came cast caught chose chosen clung come cost crept cut dealt did done drank drawn
    dreamt drew driven drove drunk dug eaten fallen fed fell felt fit fled flew flown flung
    forbidden forgiven forgot forgotten fought found froze frozen gave given gone got gotten grew
    ground grown had heard held hid hidden hit hung hurt kept knelt knew known laid lain leapt
    learnt led left lent let lit lost made meant met mistaken mown oversaw overseen paid proven put
    quit ran read rewritten ridden risen rode rose run said sank sat saw sawn seen sent set sewn
    shaken shed shone shook shot shown shrank shrunk shut slain slept slid slit slung smelt sold
    sought sown sped spelt spent spilt split spoilt spoke spoken spread sprung spun stole stolen
    stood strewn stricken striven struck strung stuck stung sunk swept swollen swore sworn swum
    swung taken taught thought threw thrown thrust told took tore torn trod trodden understood
    upheld upset was went wept were withdrawn withdrew withheld withstood woke woken won wore worn
    wound wove woven written wrote
"""
"""Past tenses and participles, also those that are like the present: `SET`, `PUT`, `READ`."""

_PREFIXES = ("co", "fore", "mis", "off", "on", "out", "over", "pre", "re", "sub", "un", "under")
_LIKE_PAST = frozenset(_NOT_PAST.split())
_PAST = frozenset(_IRREGULAR.split())


def is_past(word: str) -> bool:
    """Of a word in lower case."""
    if word in _LIKE_PAST:
        return False
    is_regular = word.endswith("ed") and len(word) > 3
    return is_regular or any(stem in _PAST for stem in _stems(word))


def _stems(word: str) -> Iterator[str]:
    """`repaid` → `repaid`, `paid`"""
    yield word
    yield from (word.removeprefix(prefix) for prefix in _PREFIXES)
