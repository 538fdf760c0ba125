"""Read the export of a Polis conversation into a Conversation.

The three files as Polis writes them: votes.csv (every vote ever cast), participants-votes.csv
(how the votes stand, and the published groups), comments.csv (the statements). Columns that the
map does not need may be there, missing, or in any order.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from madang.core.bad_input import BadInput
from madang.core.opinion.conversation import UNSEEN, Conversation, Statement, VoteHistory
from madang.core.opinion.csv_rows import Table, TextFile


def read_conversation(
    *,
    votes: TextFile | None = None,
    participants_votes: TextFile | None = None,
    comments: TextFile | None = None,
) -> Conversation:
    """Return the conversation that the files tell.

    votes.csv is believed over participants-votes.csv, which then only adds the published groups.
    Without comments.csv the statements are those that were voted on, with no text and none
    moderated out.

    Raises BadInput with file, line and reason. TypeError where neither file with votes is given.
    """
    statements = None if comments is None else read_statements(comments)
    standing = None if participants_votes is None else _read_standing(participants_votes)
    if votes is not None:
        conversation = _from_history(read_history(votes), votes.name, statements)
    elif standing is not None and participants_votes is not None:
        conversation = _from_standing(standing, participants_votes.name, statements)
    else:
        raise TypeError("give votes or participants_votes")
    if standing is None:
        return conversation
    published = tuple(standing.group_of.get(id_) for id_ in conversation.participant_ids)
    return replace(conversation, published_groups=published)


def read_history(file: TextFile) -> VoteHistory:
    """Return every vote of a votes.csv, oldest first; equal times keep the order of the lines."""
    table = Table(file)
    columns = ("timestamp", "comment-id", "voter-id", "vote")
    at, statement, voter, vote = table.places(columns)
    cast: list[tuple[int, int, int, int]] = []
    for row in table.rows():
        value = row[vote]
        cast.append(
            (
                table.whole_number(row[voter], "voter-id"),
                table.whole_number(row[statement], "comment-id"),
                int(value) if value in {"1", "0", "-1"} else table.vote(value),
                table.whole_number(row[at], "timestamp"),
            )
        )
    if not cast:
        raise BadInput(file.name, None, "The file holds no votes.")
    facts = np.array(cast, dtype=np.int64)
    facts = facts[np.argsort(facts[:, 3], kind="stable")]
    return VoteHistory(facts[:, 0], facts[:, 1], facts[:, 2].astype(np.int8), facts[:, 3])


def read_statements(file: TextFile) -> tuple[Statement, ...]:
    """Return the statements of a comments.csv, in order of id."""
    table = Table(file)
    (id_column,) = table.places(["comment-id"])
    found: dict[int, Statement] = {}
    for row in table.rows():
        statement = _statement(table, row, id_column)
        if statement.id in found:
            raise BadInput(file.name, table.line, "Comment {id} stands twice.", id=statement.id)
        found[statement.id] = statement
    if not found:
        raise BadInput(file.name, None, "The file holds no comments.")
    return tuple(found[id_] for id_ in sorted(found))


def _statement(table: Table, row: list[str], id_column: int) -> Statement:
    given = dict(zip(table.columns, row, strict=True))
    moderated = given.get("moderated", "0")
    if moderated not in {"-1", "0", "1"}:
        raise BadInput(
            table.name,
            table.line,
            "moderated is “{value}”; it must be 1 (in), 0 (not yet) or -1 (out).",
            value=moderated[:40],
        )
    is_meta = given.get("is-meta", "false")
    if is_meta not in {"true", "false"}:
        raise BadInput(
            table.name, table.line, "is-meta is “{value}”; true or false.", value=is_meta[:40]
        )
    author, created_at = given.get("author-id", ""), given.get("timestamp", "")
    return Statement(
        id=table.whole_number(row[id_column], "comment-id"),
        text=given.get("comment-body", ""),
        author_id=table.whole_number(author, "author-id") if author else None,
        moderated=int(moderated),
        is_meta=is_meta == "true",
        created_at_ms=table.whole_number(created_at, "timestamp") if created_at else None,
    )


def _from_history(
    history: VoteHistory, name: str, statements: tuple[Statement, ...] | None
) -> Conversation:
    """Let the newest vote of a person on a statement stand."""
    participant_ids, rows = np.unique(history.participant_ids, return_inverse=True)
    known = _statements_of(history.statement_ids, name, statements)
    columns = np.searchsorted([statement.id for statement in known], history.statement_ids)
    votes = np.full((participant_ids.size, len(known)), UNSEEN, dtype=np.int8)
    # Where an index repeats, the last assignment stands, and the history is oldest first.
    votes[rows, columns] = history.votes
    return Conversation(tuple(participant_ids.tolist()), known, votes, history)


def _statements_of(
    voted_on: NDArray[np.int64], name: str, statements: tuple[Statement, ...] | None
) -> tuple[Statement, ...]:
    """Return the statements. Raises BadInput where one was voted on that comments.csv lacks.

    No published export has such a vote; it means that the files belong to two conversations.
    """
    if statements is None:
        return tuple(Statement(id=int(id_)) for id_ in np.unique(voted_on))
    unknown = np.setdiff1d(voted_on, [statement.id for statement in statements])
    if unknown.size:
        raise BadInput(
            name,
            None,
            "There are votes on comment {id}, which the comments file does not have.",
            id=int(unknown[0]),
        )
    return statements


class _Standing:
    """What participants-votes.csv says, before statements are matched."""

    def __init__(self) -> None:
        self.statement_ids: list[int] = []
        self.votes_of: dict[int, list[int]] = {}
        self.group_of: dict[int, int | None] = {}


def _read_standing(file: TextFile) -> _Standing:
    table = Table(file)
    (id_column,) = table.places(["participant"])
    standing = _Standing()
    vote_columns = [n for n, name in enumerate(table.columns) if name.isascii() and name.isdigit()]
    standing.statement_ids = [
        table.whole_number(table.columns[n], "comment-id") for n in vote_columns
    ]
    has_groups = "group-id" in table.columns
    group_column = table.columns.index("group-id") if has_groups else id_column
    for row in table.rows():
        participant = table.whole_number(row[id_column], "participant")
        if participant in standing.votes_of:
            raise BadInput(file.name, table.line, "Participant {id} stands twice.", id=participant)
        standing.votes_of[participant] = [
            UNSEEN if row[n] == "" else table.vote(row[n]) for n in vote_columns
        ]
        if has_groups and row[group_column]:
            standing.group_of[participant] = table.whole_number(row[group_column], "group-id")
    return standing


def _from_standing(
    standing: _Standing, name: str, statements: tuple[Statement, ...] | None
) -> Conversation:
    ids = sorted(standing.votes_of)
    given = np.array([standing.votes_of[id_] for id_ in ids], dtype=np.int8)
    if not (given != UNSEEN).any():
        raise BadInput(name, None, "The file holds no votes.")
    known = _statements_of(np.array(standing.statement_ids), name, statements)
    votes = np.full((len(ids), len(known)), UNSEEN, dtype=np.int8)
    votes[:, np.searchsorted([s.id for s in known], standing.statement_ids)] = given
    return Conversation(tuple(ids), known, votes)
