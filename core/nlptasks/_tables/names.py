"""How people call a column of texts, and what tells a text from a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from statistics import fmean

#: Names under which people keep what is right beside predictions, where a table has none of a task's own names.
GOLD_NAMES = (
    *("gold_label", "gold", "target", "reference", "references", "label", "labels", "true_label", "expected"),
    *("gold_answer", "gold_answers", "ground_truth", "truth", "correct", "ideal"),
)

#: Names of a column of texts in the major languages, as :func:`plain` gives them.
TEXT_NAMES = frozenset(
    {
        # English
        *("texts", "reviews", "review_text", "review_body", "reviewtext", "comments", "comment_text", "contents"),
        *("sentences", "messages", "message_text", "tweets", "tweet_text", "posts", "post_text", "remarks", "remark"),
        *(
            "opinion",
            "opinions",
            "free_text",
            "freetext",
            "full_text",
            "raw_text",
            "text_body",
            "verbatim",
            "verbatims",
        ),
        *("customer_feedback", "customer_review", "customer_comment", "response_text", "answer_text", "narrative"),
        # German
        *("kommentar", "kommentare", "bewertung", "bewertungen", "bewertungstext", "rezension", "rezensionen", "texte"),
        *("freitext", "beschreibung", "nachricht", "meinung", "rückmeldung", "anmerkung", "anmerkungen", "beitrag"),
        *("satz", "inhalt", "kundenmeinung", "kundenbewertung"),
        # French
        *("avis", "commentaire", "commentaires", "texte", "critique", "critiques", "message", "remarque", "remarques"),
        *("phrase", "contenu", "avis_client", "témoignage"),
        # Spanish
        *("opinión", "opiniones", "comentario", "comentarios", "texto", "textos", "reseña", "reseñas", "mensaje"),
        *("crítica", "contenido", "frase", "observaciones", "valoración"),
        # Portuguese
        *("comentário", "comentários", "opinião", "opiniões", "avaliação", "avaliações", "resenha", "mensagem"),
        *("conteúdo", "crítica"),
        # Italian
        *("commento", "commenti", "recensione", "recensioni", "testo", "testi", "opinione", "messaggio", "contenuto"),
        # Dutch, Swedish, Danish, Norwegian, Finnish
        *("commentaar", "opmerking", "opmerkingen", "recensie", "recensies", "beoordeling", "tekst", "bericht"),
        *("kommentarer", "recension", "omdöme", "anmeldelse", "anmeldelser", "kommentti", "arvostelu", "teksti"),
        # Polish, Czech, Hungarian, Romanian
        *("komentarz", "komentarze", "opinia", "opinie", "recenzja", "recenzje", "treść", "komentář", "komentáře"),
        *("recenze", "hodnocení", "megjegyzés", "vélemény", "szöveg", "comentariu", "comentarii", "recenzie"),
        # Turkish, Indonesian, Vietnamese
        *("yorum", "yorumlar", "metin", "değerlendirme", "ulasan", "komentar", "teks", "bình_luận", "nhận_xét"),
        *("đánh_giá", "nội_dung", "văn_bản"),
        # Russian, Ukrainian, Greek
        *("отзыв", "отзывы", "комментарий", "комментарии", "текст", "тексты", "сообщение", "мнение", "описание"),
        *("рецензия", "содержание", "відгук", "відгуки", "коментар", "коментарі", "κριτική", "σχόλιο", "σχόλια"),
        "κείμενο",
        # Arabic, Hebrew, Persian, Hindi, Thai
        *("تعليق", "تعليقات", "مراجعة", "نص", "النص", "رأي", "التعليق", "ביקורת", "תגובה", "טקסט", "نظر", "متن"),
        *("टिप्पणी", "समीक्षा", "पाठ", "ความคิดเห็น", "รีวิว", "ข้อความ"),
        # Chinese
        *("评论", "评论内容", "评价", "评价内容", "内容", "文本", "正文", "点评", "留言", "句子", "评语", "反馈"),
        *("評論", "評論內容", "評價", "內容", "文字", "回饋", "意见", "意見"),
        # Japanese, Korean
        *("レビュー", "テキスト", "コメント", "本文", "口コミ", "感想", "文章", "レビュー本文", "クチコミ"),
        *("리뷰", "텍스트", "댓글", "후기", "내용", "의견", "본문", "문장", "코멘트"),
    }
)

#: Names under which people keep predictions, beside that of a task's output column.
PREDICTION_NAMES = ("prediction", "predicted", "predictions", "pred", "hypothesis", "system")

#: Names that may be those of predictions too.
ANSWER_NAMES = ("answer", "output", "response", "generated_text", "completion", "filtered_resps")

#: Scripts without blanks between words, by the first word of a character's Unicode name.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")

#: Words of a free text, characters of one in a script without blanks, and the mean length of a column of them.
_WORDS, _SIGNS, _LENGTH = 3, 8, 12

#: Proportions of a column's cells that must be free texts, and different ones.
_FREE, _DIFFERENT = 0.5, 0.5

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*%?")

_ENDS = (".", "!", "…", "。", "！", "।", "؟")


def plain(name: str) -> str:
    """A column's name as it is compared: composed, without case, blanks and hyphens as underscores."""
    folded = unicodedata.normalize("NFC", name).strip().casefold()
    return unicodedata.normalize("NFC", folded).replace(" ", "_").replace("-", "_")


def reads_as_text(name: str) -> bool:
    """Whether what stands where a name is expected is plainly a text: words that nobody calls a column."""
    text = name.strip()
    if text.endswith("?"):
        return False  # survey questions are names of columns
    words = [plain(word.strip(".,;:!?\"'()")) for word in text.split()]
    if any(word in TEXT_NAMES or word in {"text", "review", "comment", "name", "id", "column"} for word in words):
        return False
    return len(words) > 1 or text.endswith(_ENDS) or _unspaced(text) >= _SIGNS


def is_number(cell: str) -> bool:
    """Whether a cell is a number, and no word for one that is missing or endless."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def holds_free_text(cells: Sequence[str]) -> bool:
    """Whether a column of such cells holds texts that people wrote, and no names, dates, codes or numbers."""
    present = [cell.strip() for cell in cells if cell.strip()]
    # A sign of a script without blanks says as much as several letters.
    if not present or fmean(len(cell) + 2 * _unspaced(cell) for cell in present) < _LENGTH:
        return False
    free = sum(_is_free(cell) for cell in present)
    return free >= _FREE * len(present) and len(set(present)) >= _DIFFERENT * len(present)


def _is_free(cell: str) -> bool:
    words = [word for word in cell.split() if any(map(str.isalpha, word)) and "://" not in word and "@" not in word]
    return len(words) >= _WORDS or _unspaced(cell) >= _SIGNS


def _unspaced(text: str) -> int:
    """Characters of scripts without blanks between words."""
    if text.isascii():
        return 0
    return sum(unicodedata.name(sign, "").startswith(_UNSPACED) for sign in text[:200])
