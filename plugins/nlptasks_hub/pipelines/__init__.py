"""The pipelines that transformers 5 dropped, and those it kept, behind ``nlptasks.pipeline``: one module each.

:mod:`.base` holds what they share; :mod:`.opening` gets a model and its tokenizer, :mod:`.pieces` packs batches.
"""
