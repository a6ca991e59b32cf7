"""By which words a record is found: the patient's names without capitals and accents, and the record's number."""

import re

from clinic.text import folded

LONGEST = 60
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
HYPHENS = re.compile(r"[-‐‑]")
SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts that put no blanks between names


def key_of(name: str) -> str:
    """What names are sorted and compared by."""
    return HYPHENS.sub("-", folded(name).translate(APOSTROPHES))[:120]


def words_of(name: str, number: str) -> list[str]:
    """Every word that may begin what somebody types: names, the parts of hyphenated ones, each sign of a Chinese one."""
    words = {key_of(number)}
    for word in key_of(name).split():
        words |= {word, *word.split("-")}
        if SIGNS.search(word):
            words |= {word[at:] for at in range(len(word))}
    return sorted({word[:LONGEST] for word in words if word})


def wanted_words(typed: str) -> list[str]:
    return [word[:LONGEST] for word in key_of(typed).split()]
