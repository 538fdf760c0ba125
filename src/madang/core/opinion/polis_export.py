"""Read the export of a Polis conversation into a Conversation.

The three files as Polis writes them: votes.csv (every vote ever cast), participants-votes.csv
(how the votes stand, and the published groups), comments.csv (the statements). Columns that the
map does not need may be there, missing, or in any order.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from madang.core.bad_input import BadInput
from madang.core.csv_text import from_cell
from madang.core.opinion.conversation import UNSEEN, Conversation, Statement, VoteHistory
from madang.core.opinion.csv_rows import LATEST_MOMENT_MS, Table, TextFile


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
    standing = None if participants_votes is None else Table(participants_votes)
    if votes is not None:
        conversation = _from_history(Table(votes), statements)
    elif standing is not None:
        conversation = _from_standing(standing, statements)
    else:
        raise TypeError("give votes or participants_votes")
    if standing is None:
        return conversation
    group_of = _published_groups(standing)
    published = tuple(group_of.get(id_) for id_ in conversation.participant_ids)
    return replace(conversation, published_groups=published)


def read_history(file: TextFile) -> VoteHistory:
    """Return every vote of a votes.csv, oldest first; equal times keep the order of the lines."""
    return _history(Table(file))


def _history(table: Table) -> VoteHistory:
    at, statement, voter, vote = table.places(["timestamp", "comment-id", "voter-id", "vote"])
    if not table.records:
        raise BadInput(table.name, None, "The file holds no votes.")
    votes = [table.vote(row[vote], n) for n, row in enumerate(table.records)]
    cast_at_ms = table.whole_numbers(at, LATEST_MOMENT_MS)
    order = np.argsort(cast_at_ms, kind="stable")
    return VoteHistory(
        participant_ids=table.whole_numbers(voter)[order],
        statement_ids=table.whole_numbers(statement)[order],
        votes=np.array(votes, dtype=np.int8)[order],
        cast_at_ms=cast_at_ms[order],
    )


def read_statements(file: TextFile) -> tuple[Statement, ...]:
    """Return the statements of a comments.csv, in order of id."""
    table = Table(file)
    (id_column,) = table.places(["comment-id"])
    found: dict[int, Statement] = {}
    for n in range(len(table.records)):
        statement = _statement(table, n, id_column)
        if statement.id in found:
            raise BadInput(
                file.name, table.line_of(n), "Comment {id} stands twice.", id=statement.id
            )
        found[statement.id] = statement
    if not found:
        raise BadInput(file.name, None, "The file holds no comments.")
    return tuple(found[id_] for id_ in sorted(found))


def read_topic(file: TextFile) -> str:
    """Return the topic that a summary.csv tells, "" where it tells none."""
    table = Table(file)
    told = {row[0]: row[1].strip() for row in (table.columns, *table.records) if len(row) > 1}
    return told.get("topic", "")


def _statement(table: Table, n: int, id_column: int) -> Statement:
    row = table.records[n]
    given = dict(zip(table.columns, row, strict=True))
    moderated = given.get("moderated", "0")
    if moderated not in {"-1", "0", "1"}:
        raise BadInput(
            table.name,
            table.line_of(n),
            "moderated is “{value}”; it must be 1 (in), 0 (not yet) or -1 (out).",
            value=moderated[:40],
        )
    is_meta = given.get("is-meta", "false")
    if is_meta not in {"true", "false"}:
        raise BadInput(
            table.name, table.line_of(n), "is-meta is “{value}”; true or false.", value=is_meta[:40]
        )
    author, created_at = given.get("author-id", ""), given.get("timestamp", "")
    return Statement(
        id=table.whole_number(row[id_column], "comment-id", n),
        text=from_cell(given.get("comment-body", "")),
        author_id=table.whole_number(author, "author-id", n) if author else None,
        moderated=int(moderated),
        is_meta=is_meta == "true",
        created_at_ms=table.whole_number(created_at, "timestamp", n, LATEST_MOMENT_MS)
        if created_at
        else None,
    )


def _from_history(table: Table, statements: tuple[Statement, ...] | None) -> Conversation:
    """Let the newest vote of a person on a statement stand."""

    def line_of_vote(comment: int) -> int:
        (place,) = table.places(["comment-id"])
        return table.line_of([int(row[place]) for row in table.records].index(comment))

    history = _history(table)
    participant_ids, rows = np.unique(history.participant_ids, return_inverse=True)
    known = _statements_of(history.statement_ids, table.name, line_of_vote, statements)
    columns = np.searchsorted([statement.id for statement in known], history.statement_ids)
    votes = np.full((participant_ids.size, len(known)), UNSEEN, dtype=np.int8)
    # Where an index repeats, the last assignment stands, and the history is oldest first.
    votes[rows, columns] = history.votes
    return Conversation(tuple(participant_ids.tolist()), known, votes, history)


def _statements_of(
    voted_on: NDArray[np.int64],
    name: str,
    line_of_vote: Callable[[int], int],
    statements: tuple[Statement, ...] | None,
) -> tuple[Statement, ...]:
    """Return the statements. Raises BadInput where one was voted on that comments.csv lacks.

    No published export has such a vote; it means that the files belong to two conversations.
    """
    if statements is None:
        return tuple(Statement(id=int(id_)) for id_ in np.unique(voted_on))
    unknown = np.setdiff1d(voted_on, [statement.id for statement in statements])
    if unknown.size:
        id_ = int(unknown[0])
        raise BadInput(
            name,
            line_of_vote(id_),
            "There are votes on comment {id}, which the comments file does not have.",
            id=id_,
        )
    return statements


def _participant_ids(standing: Table) -> list[int]:
    """Return who stands on each row. Raises BadInput for one who stands on two."""
    (place,) = standing.places(["participant"])
    ids: list[int] = standing.whole_numbers(place).tolist()
    if len(set(ids)) < len(ids):
        n = next(n for n, id_ in enumerate(ids) if id_ in ids[:n])
        raise BadInput(
            standing.name, standing.line_of(n), "Participant {id} stands twice.", id=ids[n]
        )
    return ids


def _published_groups(standing: Table) -> dict[int, int]:
    """Return the group of each participant who was published with one."""
    if "group-id" not in standing.columns:
        return {}
    (place,) = standing.places(["group-id"])
    return {
        id_: standing.whole_number(row[place], "group-id", n)
        for n, (id_, row) in enumerate(
            zip(_participant_ids(standing), standing.records, strict=True)
        )
        if row[place]
    }


def _from_standing(standing: Table, statements: tuple[Statement, ...] | None) -> Conversation:
    ids = _participant_ids(standing)
    places = [n for n, name in enumerate(standing.columns) if name.isascii() and name.isdigit()]
    statement_ids = [
        standing.whole_number(standing.columns[place], "comment-id", -1) for place in places
    ]
    given = np.array(
        [
            [UNSEEN if row[place] == "" else standing.vote(row[place], n) for place in places]
            for n, row in enumerate(standing.records)
        ],
        dtype=np.int8,
    )
    if not (given != UNSEEN).any():
        raise BadInput(standing.name, None, "The file holds no votes.")
    # Comments are columns here, which the header names.
    known = _statements_of(np.array(statement_ids), standing.name, lambda _: 1, statements)
    votes = np.full((len(ids), len(known)), UNSEEN, dtype=np.int8)
    votes[:, np.searchsorted([statement.id for statement in known], statement_ids)] = given
    order = np.argsort(ids, kind="stable")
    return Conversation(tuple(sorted(ids)), known, votes[order])
