"""What people call positive, negative and neutral: words of many languages, letters, signs and emoji."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

#: Selectors of an emoji's style and skin, which change nothing of what it says.
_STYLE = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]")
_BETWEEN = re.compile(r"[\s_-]+")
_FASTTEXT = "__label__"

_POSITIVE = """
pos|p|+|++|p+|true|good|positive|very positive|extremely positive|mostly positive|slightly positive|somewhat positive
|weakly positive|strong positive|strongly positive|weak positive|very good|thumbs up|like|recommended|favorable
|favourable|positivity|positiv|sehr positiv|eher positiv|gut|sehr gut|positif|très positif
|tres positif|bon|bien|très bon|positivo|positiva|muy positivo|muito positivo|molto positivo|bueno|buena|muy bueno|bom
|boa|muito bom|buono|buona|molto buono|positief|goed|zeer positief|positivt|bra|god|bonne|pozytywny|pozytywna|pozytywne
|dobry|dobra|dobre|pozitivní|pozitivni|pozitív|pozitivan|pozitivno|pozitiv|dobrý|jó|olumlu|pozitif|iyi|positiivinen
|positiivne|hyvä|positif sekali|baik|bagus|tích cực|tốt|θετικό|θετικός|θετική|καλό|положительный|положительная
|положительное|положительно|позитивный|позитивная|позитивно|позитивний|позитив|хорошо|хороший|добре|إيجابي|ايجابي
|إيجابية|ايجابية|موجب|جيد|مثبت|חיובי|חיובית|טוב|सकारात्मक|अच्छा|ইতিবাচক|நேர்மறை|เชิงบวก|บวก|ดี|正|正面|积极|積極
|积极的|好|好评|好評|肯定|褒义|正向|推荐|ポジティブ|良い|よい|いい|高評価|긍정|긍정적|긍정적인|좋음|좋아요
|👍|👌|😀|😃|😄|😁|😊|🙂|😍|🥰|😂|❤|💚|✅|✔|☺|:)|:-)|:d|=)
"""

_NEGATIVE = """
neg|n|-|--|n+|false|bad|negative|very negative|extremely negative|mostly negative|slightly negative|somewhat negative
|weakly negative|strong negative|strongly negative|weak negative|very bad|thumbs down|dislike|not recommended
|unfavorable|unfavourable|negativity|negativ|sehr negativ|eher negativ|schlecht|sehr schlecht|négatif|negatif|négative
|très négatif|tres negatif|mauvais|mauvaise|très mauvais|negativo|negativa|muy negativo|muito negativo
|molto negativo|malo|mala|muy malo|mau|má|ruim|muito ruim|cattivo|cattiva|pessimo|negatief|slecht|zeer negatief
|negativt|dålig|dårlig|negatywny|negatywna|negatywne|zły|zła|złe|negativní|negativni|negatív|negativan|negativno|špatný
|rossz|olumsuz|kötü|negatiivinen|negatiivne|huono|negatif sekali|buruk|jelek|tiêu cực|xấu|tệ|αρνητικό|αρνητικός
|αρνητική|κακό|отрицательный|отрицательная|отрицательное|отрицательно|негативный|негативная|негативно|негативний|негатив
|плохо|плохой|погано|سلبي|سلبية|سالب|سيء|سيئ|منفی|שלילי|שלילית|רע|नकारात्मक|बुरा|নেতিবাচক|எதிர்மறை|เชิงลบ|ลบ|แย่
|负|負|负面|負面|消极|消極|消极的|差|坏|差评|差評|否定|贬义|负向|不推荐|ネガティブ|悪い|わるい|低評価|부정|부정적
|부정적인|나쁨|싫어요|👎|😞|😟|😠|😡|🙁|☹|😢|😭|🤮|💔|❌|✘|:(|:-(|=(
"""

_NEUTRAL = """
neutral|neu|mixed|average|so so|neutralität|gemischt|mittel|neutre|mitigé|mixte|neutro|neutra|mixto|misto|neutraal
|gemengd|neutralny|neutralna|neutralne|obojętny|neutrální|neutralni|neutralan|neutralno|semleges|nötr|notr|tarafsız
|neutraali|neutraalne|netral|trung tính|trung lập|bình thường|ουδέτερο|ουδέτερος|ουδέτερη|нейтральный|нейтральная
|нейтральное|нейтрально|нейтральний|нейтрал|محايد|محايدة|خنثی|ניטרלי|נייטרלי|तटस्थ|নিরপেক্ষ|நடுநிலை|เป็นกลาง|กลาง
|中性|中立|中评|中評|一般|普通|ニュートラル|중립|중립적|보통|😐|😑|😶|🤷
"""


def polarity(cell: str) -> str | None:
    """``positive``, ``negative`` or ``neutral``, where the cell is a word for it."""
    return _WORDS.get(_folded(cell))


def doubtful(cells: Collection[str]) -> frozenset[str]:
    """Cells of a column that are no word for anything beside what else it holds.

    ``-`` stands for nothing where there is no plus. ``n`` is a no beside ``y``, and perhaps neutral beside a longer
    word for negative.
    """
    folded = {cell: _folded(cell) for cell in cells}
    there = frozenset(folded.values())
    signs = frozenset() if there & _PLUS else _MINUS
    longer = {word for word in there if len(word) > 2 and _WORDS.get(word) == "negative"}
    letters = _LETTERS if there & _YES or (longer and not there & _OPPOSITE) else frozenset()
    return frozenset(cell for cell, word in folded.items() if word in signs or word in letters)


def _folded(cell: str) -> str:
    text = unicodedata.normalize("NFC", cell).strip().casefold().removeprefix(_FASTTEXT)
    text = _STYLE.sub("", text).replace("\N{MINUS SIGN}", "-")
    plain = _BETWEEN.sub(" ", text).strip()
    return plain or text


def _known() -> Mapping[str, str]:
    lists = {"positive": _POSITIVE, "negative": _NEGATIVE, "neutral": _NEUTRAL}
    return {
        _folded(word): polarity_
        for polarity_, words in lists.items()
        for word in (part.strip() for part in words.replace("\n", " ").split("|"))
        if word
    }


_WORDS = _known()

_PLUS, _MINUS = frozenset({"+", "++"}), frozenset({"-", "--"})
_YES, _OPPOSITE, _LETTERS = frozenset({"y", "yes"}), frozenset({"p", "p+"}), frozenset({"n"})
