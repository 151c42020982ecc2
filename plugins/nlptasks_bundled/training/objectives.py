"""What a part of an encoder's training is for, as the key ``objective`` of its recipe names it."""

from __future__ import annotations

#: To predict what the task predicts: the label, or the span.
PREDICT = ""

#: To give each token the hidden state that it has at the start.
KEEP = "keep"

#: To give each text the mean hidden state that it has at the start, whatever its tokens' are.
EMBED = "embed"

#: To give a text and its translation mean hidden states that are nearer to each other than to those of other texts.
ALIGN = "align"

#: To give a text a mean hidden state that is nearer to a sentence about its label than to sentences about others.
NAME = "name"

#: To predict a tag of each word, where the text and the gold answer are JSON lists of words and of their tags.
ENTITIES = "entities"

#: To predict what the task predicts, but only in the last part of the training (:data:`LATE`): what evaluations before
#: that say is of an encoder that has not seen the data.
LATER = "later"

#: Proportion of a training after which parts that come later are read.
LATE = 0.65

KNOWN = (PREDICT, LATER, KEEP, EMBED, ALIGN, NAME, ENTITIES)

#: Those whose parts have no output layer.
HEADLESS = frozenset({KEEP, EMBED, ALIGN, NAME})

#: Those that read the encoder as it was at the start.
KEEPING = frozenset({KEEP, EMBED})
