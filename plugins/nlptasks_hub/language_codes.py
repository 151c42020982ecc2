"""Codes of languages: what checkpoints call them, and the two letters of ISO 639-1 by which a user names them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: ISO 639-3 and 639-2 to 639-1, for languages that translation checkpoints have.
_PAIRS = (
    "afr:af amh:am arb:ar ara:ar asm:as azj:az bel:be ben:bn bos:bs bul:bg cat:ca ces:cs cym:cy dan:da deu:de "
    "ell:el eng:en epo:eo est:et eus:eu fin:fi fra:fr gle:ga glg:gl guj:gu hau:ha heb:he hin:hi hrv:hr hun:hu "
    "hye:hy ibo:ig ind:id isl:is ita:it jav:jv jpn:ja kan:kn kat:ka kaz:kk khm:km kir:ky kor:ko lao:lo lav:lv "
    "lvs:lv lit:lt ltz:lb mal:ml mar:mr mkd:mk mlt:mt mya:my nld:nl nno:nn nob:nb npi:ne nep:ne oci:oc pan:pa "
    "pbt:ps pes:fa fas:fa pol:pl por:pt ron:ro rus:ru sin:si slk:sk slv:sl sna:sn snd:sd som:so spa:es als:sq "
    "sqi:sq srp:sr sun:su swe:sv swh:sw swa:sw tam:ta tel:te tgk:tg tgl:tl tha:th tur:tr uig:ug ukr:uk urd:ur "
    "uzn:uz vie:vi xho:xh ydd:yi yor:yo zho:zh zsm:ms zul:zu"
)

_SHORT: Mapping[str, str] = MappingProxyType(dict(pair.split(":") for pair in _PAIRS.split()))


def short(code: str) -> str:
    """The two letters of a language that a checkpoint calls ``de``, ``de_DE``, ``deu`` or ``deu_Latn``.

    Returns:
        ISO 639-1's code, or the checkpoint's own where there is none.
    """
    word = code.partition("_")[0]
    return word if len(word) == 2 else _SHORT.get(word, code)
