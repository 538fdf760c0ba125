"""Texts of people as cells of a CSV file that a spreadsheet program may be made to open.

Pure. A program may run a cell as a formula that begins with = + - @, wide ones of Korean
keyboards too, or with a tab or line break; OWASP ("CSV Injection") puts an apostrophe before it.
Ours can be taken off again: a text that begins with apostrophes and one of these gets one more,
so that no two texts become the same cell.
"""

import re

FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")


def as_cell(text: str) -> str:
    """Return the text as a cell that is no formula."""
    return f"'{text}" if FORMULA.match(text) else text


def from_cell(cell: str) -> str:
    """Return the text that `as_cell` was given."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
