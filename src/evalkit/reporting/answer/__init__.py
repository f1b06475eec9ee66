"""The answer with which a report begins: one sentence, three cards, a few sentences."""
