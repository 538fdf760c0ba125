"""Pure decisions and shapes of a hearing: what a sentence must be like, what pages print."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from madang.core.bad_input import BadInput
from madang.core.opinion.conversation import UNSEEN, Conversation
from madang.ground.words import is_readable, marked, turns_direction

MOST_WAITING = 10  # sentences of one resident that no moderator has read yet
LONGEST_STATEMENT = 200  # characters, as a voter still reads at one glance
OUT_IN_SOURCE = marked("moderated out in the source")  # why an import hides a sentence
ERASED_BY_AUTHOR = marked("its author asked the city to erase it")
OUR_REASONS = {OUT_IN_SOURCE, ERASED_BY_AUTHOR}
ERASED = {"ko": "지워진 의견", "en": "An erased sentence"}
LONGEST_TITLE, LONGEST_IMPORTED_STATEMENT = 200, 1000


@dataclass(frozen=True)
class ImportedVote:
    """A vote of an export, by the export's own ids."""

    person: int
    statement: int
    value: int
    at: datetime
    is_newest: bool


def takes_voices(*, status: str, origin: str) -> bool:
    """Return whether residents can vote and write: not where a hearing is there to be looked at."""
    return status == "open" and origin != "imported"


def check_statement(text: str) -> str | None:
    """Return why the sentence cannot be taken, as a stable code; None where it can."""
    if not is_readable(text):
        return "empty"
    if turns_direction(text):
        return "turns-direction"
    if len(text) > LONGEST_STATEMENT:
        return "too-long"
    return None


def refuse_long_texts(conversation: Conversation, title: str, source: str) -> None:
    """Raise BadInput, naming `source`, for a title or sentence of an export that fills pages."""
    if len(title) > LONGEST_TITLE:
        raise BadInput(
            source, None, "The title {title} is too long; {longest} characters fit.",
            title=title, longest=LONGEST_TITLE,
        )  # fmt: skip
    for each in conversation.statements:
        if len(each.text) > LONGEST_IMPORTED_STATEMENT:
            raise BadInput(
                source, None, "The text of comment {id} is too long; {longest} characters fit.",
                id=each.id, longest=LONGEST_IMPORTED_STATEMENT,
            )  # fmt: skip


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


@dataclass(frozen=True)
class Tally:
    agree: int
    disagree: int
    passed: int

    @property
    def seen(self) -> int:
        return self.agree + self.disagree + self.passed

    @property
    def share(self) -> float:
        """Share of those who saw it that agreed; only where someone did."""
        return self.agree / self.seen


@dataclass(frozen=True)
class SentenceOnMap:
    """A sentence with what the map says of it. stance: "agree", "disagree", or "" for neither."""

    number: int
    text: str
    stance: str
    total: Tally
    by_group: tuple[Tally, ...]


@dataclass(frozen=True)
class MapInWords:
    """A drawn map as lists of sentences. of_groups: for each group, what sets it apart."""

    group_sizes: tuple[int, ...]
    of_groups: tuple[tuple[SentenceOnMap, ...], ...]
    consensus: tuple[SentenceOnMap, ...]
    dividing: tuple[SentenceOnMap, ...]


MOST_DIVIDING = 5


def put_map_in_words(result: Mapping[str, Any], texts: Mapping[int, str]) -> MapInWords:
    """Return what a stored map says, with the sentences' texts; sentences without one are left out.

    result: a DrawnMap's result. texts: by number, the sentences that may be shown.
    """
    rows = {
        row["id"]: (row, tuple(Tally(*counts) for counts in by_group))
        for row, by_group in zip(result["statements"], result["by_group"], strict=True)
        if row["id"] in texts and not row["moderated_out"]
    }

    def sentence(number: int, stance: str) -> SentenceOnMap:
        row, by_group = rows[number]
        total = Tally(row["agree"], row["disagree"], row["pass"])
        return SentenceOnMap(number, texts[number], stance, total, by_group)

    divisive = sorted(rows, key=lambda number: (-rows[number][0]["divisiveness"], number))
    has_groups = bool(result["groups"])
    return MapInWords(
        group_sizes=tuple(group["size"] for group in result["groups"]),
        of_groups=tuple(
            tuple(
                sentence(n["id"], n["stance"]) for n in group["representative"] if n["id"] in rows
            )
            for group in result["groups"]
        ),
        consensus=tuple(
            sentence(n, rows[n][0]["consensus_stance"]) for n in result["consensus"] if n in rows
        ),
        dividing=tuple(sentence(n, "") for n in divisive[: MOST_DIVIDING * has_groups]),
    )


# Rows ready to print


@dataclass(frozen=True)
class HearingRow:
    """A hearing as lists show it."""

    slug: str
    title: str
    question: str
    status: str
    origin: str
    closes_at: datetime | None
    statements: int
    participants: int
    waiting: int  # sentences that nobody has moderated yet

    @property
    def takes_voices(self) -> bool:
        return takes_voices(status=self.status, origin=self.origin)


@dataclass(frozen=True)
class HearingPage:
    """A hearing as its own page shows it, numbers of today included."""

    slug: str
    title: str
    introduction: str
    question: str
    answer: str
    status: str
    origin: str
    source: str
    ballot: str
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    statements: int
    participants: int
    votes: int
    waiting: int  # sentences that nobody has moderated yet

    @property
    def takes_voices(self) -> bool:
        return takes_voices(status=self.status, origin=self.origin)


@dataclass(frozen=True)
class OutcomeRow:
    commitment: int
    text: str
    status: str


@dataclass(frozen=True)
class StatementRow:
    """A sentence with the votes that count. text: "" where it is hidden, but on the desk."""

    number: int
    text: str
    theme: str
    language: str
    moderation: str
    reason: str
    agree: int
    disagree: int
    passed: int
    outcomes: tuple[OutcomeRow, ...]

    @property
    def seen(self) -> int:
        return self.agree + self.disagree + self.passed


@dataclass(frozen=True)
class Card:
    """The sentence that a resident is asked about now, and how far they are."""

    number: int
    text: str
    voted: int
    total: int

    @property
    def hidden(self) -> list[tuple[str, int]]:
        """What the form sends along."""
        return [("statement", self.number)]


@dataclass(frozen=True)
class OwnVote:
    """A vote of the resident who looks; `hidden` is what its form sends along.

    text: "" where the sentence is hidden.
    """

    number: int
    text: str
    value: int
    hidden: tuple[tuple[str, str | int], ...]
    has_receipt: bool


@dataclass(frozen=True)
class OwnSentence:
    """A sentence that the resident who looks wrote. text: "" where it is hidden."""

    number: int
    text: str
    moderation: str
    reason: str
