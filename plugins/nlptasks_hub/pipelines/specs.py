"""The pipelines of this plugin, as data."""

from __future__ import annotations

from nlptasks.plugin import PipelineSpec

_HERE = "nlptasks_hub.pipelines"

PIPELINES = (
    PipelineSpec(
        name="text-classification",
        summary="a label for each text or pair of texts, with its score",
        object=f"{_HERE}.classification:open_classification",
        aliases=("sentiment-analysis",),
        fits=f"{_HERE}.fitting:fits_labels",
    ),
    PipelineSpec(
        name="zero-shot-classification",
        summary="your own labels, ranked by a model that judges whether one text follows from another",
        object=f"{_HERE}.zero_shot:open_zero_shot",
    ),
    PipelineSpec(
        name="question-answering",
        summary="the pieces of a context that answer a question, with their scores and places",
        object=f"{_HERE}.question_answering:open_question_answering",
        fits=f"{_HERE}.fitting:fits_spans",
    ),
    PipelineSpec(
        name="text2text-generation",
        summary="a text made of a text",
        object=f"{_HERE}.written.text2text:open_text2text",
        fits=f"{_HERE}.fitting:fits_text2text",
    ),
    PipelineSpec(
        name="summarization",
        summary="a summary of a text",
        object=f"{_HERE}.written.text2text:open_summarization",
        fits=f"{_HERE}.fitting:fits_text2text",
    ),
    PipelineSpec(
        name="translation",
        summary="a text in another language",
        object=f"{_HERE}.written.text2text:open_translation",
        pattern=r"translation_(?P<src_lang>\w+)_to_(?P<tgt_lang>\w+)",
        fits=f"{_HERE}.fitting:fits_translation",
    ),
    PipelineSpec(
        name="text-generation",
        summary="what follows a prompt or a conversation",
        object=f"{_HERE}.written.text_generation:open_text_generation",
        fits=f"{_HERE}.fitting:fits_decoder",
    ),
)
