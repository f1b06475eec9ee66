"""params/words.yml: words by which a project's tables are recognised, in addition to `workbooks/lexicon.yml`.

An example:

    total: [总和, Whole county]
    unit: [片区]
    footnote: [口径]
"""

from pathlib import Path

from evalkit.errors import InputError, Mistake, nearest
from evalkit.files import yaml_file
from evalkit.workbooks import lexicon

FILE = "params/words.yml"


def use(root: Path) -> dict[str, tuple[str, ...]]:
    """Read the project's words, and recognise tables by them from now on in this process; empty without a file.

    Raises:
        InputError: the file holds something else than lists of words by meaning.
    """
    words = _read(root / FILE) if (root / FILE).is_file() else {}
    lexicon.use(words)
    return words


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    content, _ = yaml_file.parse(yaml_file.text_of(path, FILE), FILE)
    if not isinstance(content, dict):
        raise InputError([Mistake(FILE, "holds no lists of words", "Write them like total: [总和, Whole county].")])
    mistakes = [
        Mistake(FILE, f"unknown key `{name}`", nearest(str(name), lexicon.meanings()))
        for name in content
        if name not in lexicon.meanings()
    ]
    mistakes += [
        Mistake(f"{FILE}, {name}", "is no list of words", "Write it like [总和, Whole county].")
        for name, words in content.items()
        if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words)
    ]
    if mistakes:
        raise InputError(mistakes)
    return {str(name): tuple(words) for name, words in content.items()}
