"""Pure decisions of a hearing: what a sentence must be like, which votes an export holds."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from madang.core.opinion.conversation import UNSEEN, Conversation

LONGEST_STATEMENT = 200  # characters, as a voter still reads at one glance


@dataclass(frozen=True)
class ImportedVote:
    """A vote of an export, by the export's own ids."""

    person: int
    statement: int
    value: int
    at: datetime
    is_newest: bool


def check_statement(text: str) -> str | None:
    """Return why the sentence cannot be taken, as a stable code; None where it can."""
    if not text.strip():
        return "empty"
    if len(text) > LONGEST_STATEMENT:
        return "too-long"
    return None


def language_of(text: str) -> str:
    """Return "ko" for a text with Korean letters in it, "en" for Latin ones, else "und".

    Good enough to file an export's sentences, which do not say their language.
    """
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in text}
    if "HANGUL" in names:
        return "ko"
    return "en" if "LATIN" in names and not names & {"CJK", "CYRILLIC", "ARABIC"} else "und"


def list_votes(conversation: Conversation, at: datetime) -> list[ImportedVote]:
    """Return every vote of the export, oldest first; `at` dates those that carry no time."""
    history = conversation.history
    if history is None:
        rows, columns = np.nonzero(conversation.votes != UNSEEN)
        return [
            ImportedVote(
                conversation.participant_ids[row],
                conversation.statements[column].id,
                int(conversation.votes[row, column]),
                at,
                True,  # noqa: FBT003 the only vote there is
            )
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
    people, statements = history.participant_ids.tolist(), history.statement_ids.tolist()
    newest = {key: n for n, key in enumerate(zip(people, statements, strict=True))}
    return [
        ImportedVote(person, statement, vote, _moment(ms), newest[person, statement] == n)
        for n, (person, statement, vote, ms) in enumerate(
            zip(
                people, statements, history.votes.tolist(), history.cast_at_ms.tolist(), strict=True
            )
        )
    ]


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
