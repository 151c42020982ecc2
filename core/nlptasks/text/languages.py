"""Whether a text is in another language than some are: by its script, or else by the little words that it is full of.

Detectors with models of their own take longer for a text than a backbone does, and guess where a text is short. What is
asked here is less: only a text that is plainly in another language counts, and one that is short or mixed does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from itertools import chain

from nlptasks.text.scripts import can_be, language_of, other_scripts

__all__ = ["foreign"]

#: Characters of a text that are looked at, and words of it.
_CHARACTERS, _WORDS = 500, 60

#: Different little words and letters that a language must have in a text, and how many times as many as the languages
#: read; and how many in a text without any of these, one of them a word.
_FOUND, _TIMES, _ALONE = 3, 2, 2

#: The first letter that is none of Latin, nearly.
_OTHERS = "\N{GREEK CAPITAL LETTER HETA}"

_WORD = re.compile(r"[^\W\d_]{2,}")

#: Frequent words without a meaning of their own, by language. Those of one letter are in too many.
_LITTLE = {
    "ca": "els amb és molt però que una els no per del al més aquest aquesta està són i tot també ha",
    "cs": "se na je že to si ale jako jsem by aby když jen byl byla není pro také už velmi nebo jsou jsme před",
    "da": "og det er jeg ikke en et til på som af den har med de var meget også efter kun blev vores eller være",
    "de": "der die das und ist nicht ich ein eine einen es sich mit auf für von dem den auch wie aber war sehr wir "
    "nach noch nur bei kann wurde wieder so zu im gar hat nie leider sind mich mir einem einer aus über wird dass",
    "en": "the and is not it of to in was for that with this but have are they you my on be so at as very had would "
    "which were from there no after all out what when me we he she his her their our just an or by if only more than",
    "es": "el la los las de que en un una no es se por con para su muy como más pero lo fue todo del al está son hay "
    "este esta ni mi me ya cuando sin también nada ha he",
    "et": "ja ei on see ma oli et aga kui väga ka mis ning oma nii siis ole pole",
    "fi": "ja on ei se että oli mutta en kun niin ole hän myös kuin tai nyt vain minä ovat sen jos todella hyvin joka",
    "fr": "le la les de des et est un une ne pas que qui je il en du pour dans ce cette sur au plus avec très mais "
    "nous vous ai mon ma mes sont été tout bien comme fait par suis rien sans elle on se me",
    "hi": "hai nahi nahin bahut mein aur yeh kya tha thi hain bhi mujhe koi accha",
    "hr": "je nije sam su da se na za sve vrlo jako ali kao samo ovo bila bio bilo više nikad smo",
    "hu": "az és nem hogy egy is de volt ez nagyon meg csak már mint el van vagy még ha minden lehet ezt nekem mert",
    "id": "yang dan di ini itu tidak dengan untuk dari ke saya ada pada adalah sangat juga akan sudah bisa karena tapi",
    "it": "il la che di non un una per in con sono mi del della ma ho si lo le gli molto più come al da anche "
    "questo questa ha nel alla dei delle stato tutto due ci nessuna mai era",
    "lt": "ir yra kad tai labai bet nuo buvo su iš į ne man jau daugiau viskas",
    "lv": "un ir bija ļoti bet ar no par ka nav tas šis man vairs viss",
    "nl": "de het een en van ik niet dat te zijn met voor die er op maar aan ook heel naar als bij was nog heb hebben "
    "wel wij geen wat zeer dit zo om uit mijn ze werd veel meer goed",
    "no": "og det er jeg ikke en et til på som av den har med de var veldig også etter bare ble vår eller være fra",
    "pl": "nie na się to jest że do jak ale za tak jestem bardzo po przez od był była tylko już jej czy mam dla",
    "pt": "os as de que em um uma não se por com para muito como mais mas do da foi tudo dos das está são meu "
    "minha ao no na sem também já quando nem eu este esta há isso fora",
    "ro": "și în nu este cu de la un pe că să mai dar foarte din am pentru care sunt fost ca nici când sau",
    "ru": "ne ochen nikogda vse vsyo bolshe eto kak chto tolko mne menya bylo byl byla poka uzhe ochen'",
    "sk": "sa na že je to si ale ako som aby keď len bol bola nie je pre tiež už veľmi alebo sú sme pred",
    "sl": "je ni se na za in da so bil bila zelo ampak tudi kot več nikoli smo pri",
    "sv": "och det är jag inte en ett till på som av den har med var mycket också efter bara blev vår eller vara från",
    "sw": "na ya wa ni kwa sana hii kuwa lakini katika hakuna huyu kabisa cha vya",
    "tl": "ang ng mga hindi ako ito ay po ko sa yung lang naman talaga dahil",
    "tr": "ve bir bu çok da de için ile ne gibi ama daha en var yok olarak değil kadar ben sonra her şey mi",
    "vi": "và là của không có cho được này với các một những rất thì đã tôi trong người cũng như khi nhưng",
}

#: Letters that tell languages, few of them each. Those of words that English took are in none.
_LETTERS = {
    "cs": "ěřůčžšýďťň",
    "da": "øæå",
    "de": "ßäöü",
    "es": "ñ¿¡",
    "et": "õäöü",
    "fi": "äö",
    "hr": "čćžšđ",
    "hu": "őű",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "no": "øæå",
    "pl": "ąćęłńśźż",
    "pt": "ãõ",
    "ro": "șțăşţ",
    "sk": "ľĺŕôčžšýďťň",
    "sl": "čžš",
    "sv": "åäö",
    "tr": "ğış",
    "vi": "đơưạảấầẩậắằặẹẻếềểễệỉịọỏốồổộớờởợụủứừửữựỵỷỹ",
}

#: The languages by how much is written in them: of equals the first is named.
_COMMON = (
    *("en", "es", "de", "fr", "pt", "it", "nl", "pl", "tr", "ru", "vi", "id", "cs", "ro", "hu", "sv", "da", "no"),
    *("fi", "hr", "sk", "hi", "tl", "ca", "sw", "lt", "sl", "lv", "et"),
)


def foreign(text: str, languages: Collection[str]) -> str:
    """The language of a text where it is plainly none of some languages; empty where it is one of them, or not plain.

    Args:
        text: The text.
        languages: Codes of ISO 639-1; none: every text is in one of them.

    Returns:
        A code of ISO 639-1, or ``und-`` and the script where it is that of many languages.
    """
    if not languages:
        return ""
    begin = text[:_CHARACTERS]
    if max(begin, default="") >= _OTHERS and (script := language_of([begin])):
        return "" if can_be(script, languages) else script
    return _by_words(begin, frozenset(languages))


def _by_words(text: str, languages: frozenset[str]) -> str:
    if languages - _LITTLE.keys() - other_scripts():
        return ""  # written in Latin letters, and nothing is known of its words
    codes = _codes()
    folded = text.lower()
    little = codes.keys() & _WORD.findall(folded)[:_WORDS]
    if not little:
        return ""
    signs = frozenset() if text.isascii() else codes.keys() & frozenset(folded)
    if len(little) + len(signs) < _ALONE:
        return ""
    found = Counter(chain.from_iterable(map(codes.__getitem__, chain(little, signs))))
    read = max(map(found.__getitem__, languages), default=0)
    code, most = max(found.items(), key=lambda item: (item[1], -_COMMON.index(item[0])))
    least = max(_FOUND, _TIMES * read + 1) if read else _ALONE
    return code if code not in languages and most >= least else ""


@lru_cache(maxsize=1)
def _codes() -> dict[str, tuple[str, ...]]:
    """The languages of each little word, of two letters or more, and of each letter."""
    codes: dict[str, tuple[str, ...]] = {}
    for code, words in _LITTLE.items():
        for word in dict.fromkeys([*words.split(), *_LETTERS.get(code, "")]):
            codes[word] = (*codes.get(word, ()), code)
    return codes
