"""How results are shown: words, numbers, figures, tables; nothing is estimated here."""
