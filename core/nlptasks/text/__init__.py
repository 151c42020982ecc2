"""Text as people write it: sentences, dialogues, and how it is shown."""
