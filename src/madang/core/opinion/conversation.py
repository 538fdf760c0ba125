"""What a hearing is to the opinion map: people, statements, and who voted what on which."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AGREE, PASS, DISAGREE, UNSEEN = 1, 0, -1, -2

# What a moderator did with a statement, in the numbers of a Polis export.
MODERATED_IN, UNMODERATED, MODERATED_OUT = 1, 0, -1


@dataclass(frozen=True)
class Statement:
    """One statement as it was posted. author_id is None where nobody is named."""

    id: int
    text: str = ""
    author_id: int | None = None
    moderated: int = UNMODERATED
    is_meta: bool = False
    created_at_ms: int | None = None  # milliseconds since 1970, UTC

    @property
    def is_out(self) -> bool:
        """Kept off the map: rejected, or about the people who vote rather than the subject."""
        return self.moderated == MODERATED_OUT or self.is_meta


@dataclass(frozen=True)
class VoteHistory:
    """Every vote ever cast, re-votes included, oldest first; equal times keep the file's order.

    Four arrays of one length: ids as the input gives them, the vote, and milliseconds since 1970.
    """

    participant_ids: NDArray[np.int64]
    statement_ids: NDArray[np.int64]
    votes: NDArray[np.int8]
    cast_at_ms: NDArray[np.int64]


@dataclass(frozen=True)
class Conversation:
    """A hearing's votes as they stand, and as far as known how they came to stand.

    votes:            (participants, statements); AGREE, PASS, DISAGREE or UNSEEN; the newest vote
                      of a person on a statement. Rows follow participant_ids, columns statements;
                      both ascend by id.
    history:          None where the input only says how the votes stand in the end.
    published_groups: what another program (Polis) published as each participant's group, None for
                      those it did not place; empty where nothing was published.
    """

    participant_ids: tuple[int, ...]
    statements: tuple[Statement, ...]
    votes: NDArray[np.int8]
    history: VoteHistory | None = None
    published_groups: tuple[int | None, ...] = ()

    @property
    def moderated_out(self) -> NDArray[np.bool_]:  # (statements,)
        return np.array([statement.is_out for statement in self.statements], dtype=np.bool_)


def input_hash(conversation: Conversation) -> str:
    """Return the sha256 that names everything the map depends on, and nothing else.

    Two inputs with the same people, statements, moderation and standing votes have one hash,
    whatever their texts, file formats or re-votes.
    """
    digest = hashlib.sha256(b"madang opinion map input 1\n")
    for ids in (
        conversation.participant_ids,
        [statement.id for statement in conversation.statements],
        [statement.id for statement in conversation.statements if statement.is_out],
    ):
        digest.update(",".join(map(str, ids)).encode() + b"\n")
    digest.update(np.ascontiguousarray(conversation.votes, dtype=np.int8).tobytes())
    return digest.hexdigest()
