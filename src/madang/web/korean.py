"""Korean spelling that no catalogue can carry: particles by last sound, money in 억 and 만."""

import re
import unicodedata

RIEUL = 8  # index of the final consonant ㄹ among the 28 of a Hangul syllable
_NO_FINAL, _OTHER_FINAL = 0, 1
_DIGIT_FINALS = {"0": _OTHER_FINAL, "1": RIEUL, "2": 0, "3": 16, "4": 0, "5": 0, "6": 1, "7": RIEUL}
_DIGIT_FINALS |= {"8": RIEUL, "9": 0}
# 십, 백, 천, 만 and 억 end in a consonant; 조 (12 zeros) does not, and from there it starts again.
_JO_ZEROS = 12
_LETTER_NAME_FINALS = {"L": RIEUL, "M": 16, "N": 4, "R": RIEUL}
_MARKS_READ_ALOUD = {"%": _NO_FINAL, "㎡": _NO_FINAL, "℃": _NO_FINAL}


def with_particle(word: str, pair: str) -> str:
    """Return `word` followed by the half of `pair` that its last sound asks for.

    pair: with final consonant first, as in "을/를", "이/가", "은/는", "으로/로".
    Where the last sound is unknown both halves are written, as in "★을(를)".

    Our own 30 lines, for the libraries there are (tossi, josa) come without types and without
    wheels. Latin letters are read as Korean reads them, by a rule of thumb.

    Raises ValueError where `pair` is no pair.
    """
    after_consonant, slash, after_vowel = pair.partition("/")
    if not (slash and after_consonant and after_vowel) or "/" in after_vowel:
        raise ValueError(f"{pair!r} is no pair of particles like '을/를'")
    final = final_consonant(word)
    if final is None:
        return f"{word}{after_consonant}({after_vowel})"
    takes_vowel_form = final == _NO_FINAL or (final == RIEUL and after_consonant == "으로")
    return word + (after_vowel if takes_vowel_form else after_consonant)


def final_consonant(word: str) -> int | None:
    """Return the index of the last sound's final consonant, 0 for none, None for unknown.

    Quotation marks and a closing parenthesis are not heard: 다온시(가상) ends in 시.
    """
    heard = re.sub(r"\([^()]*\)$", "", unicodedata.normalize("NFC", word).strip())
    heard = heard.rstrip("\"'’”」』》〉)]} .,!?")
    if not heard:
        return None
    last = heard[-1]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28
    if last in _MARKS_READ_ALOUD:
        return _MARKS_READ_ALOUD[last]
    if last.isdecimal() and last.isascii():
        return _number_final(heard)
    return _latin_final(heard) if last.isascii() and last.isalpha() else None


def _number_final(heard: str) -> int:
    digits = re.sub(r"[,\s]", "", heard)
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros and zeros % _JO_ZEROS == 0 and digits.rstrip("0")[-1:].isdecimal():
        return _NO_FINAL
    return _DIGIT_FINALS[digits[-1]]


def _latin_final(heard: str) -> int:
    word = re.split(r"[^A-Za-z]", heard)[-1]
    if word.isupper():
        return _LETTER_NAME_FINALS.get(word[-1], _NO_FINAL)
    if word.endswith(("l", "le")):
        return RIEUL
    # 서버, 버스 and 태그 end in a vowel; 폼, 마켓, 웹, 클릭 and 링 do not; 테스트 and 링크 do.
    ends_closed = re.search(r"(m|n|ng|me|ne|ck|pp|[aeiou][bckpt])$", word)
    return _OTHER_FINAL if ends_closed else _NO_FINAL


def won_in_korean(amount_krw: int) -> str:
    """Return an exact sum as Korean writes it: 320000000 → 3억 2,000만 원."""
    rest = abs(amount_krw)
    groups = []
    for unit in ("", "만", "억", "조", "경"):
        rest, group = divmod(rest, 10_000) if unit != "경" else (0, rest)
        if group:
            groups.append(f"{group:,}{unit}")
    sign = "−" if amount_krw < 0 else ""
    spoken = " ".join(reversed(groups)) or "0"
    return f"{sign}{spoken}{'원' if spoken[-1].isdecimal() else ' 원'}"
