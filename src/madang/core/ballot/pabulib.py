"""Read elections in the Pabulib format (.pb): three sections of `;`-separated records.

Format: Faliszewski et al. (2023), "Participatory Budgeting: Data, Tools, and Analysis". What the
file says is taken as it stands or refused with its line; nothing is repaired. A cost of zero is
refused as Pabulib itself avoids it (a project that costs nothing needs no vote).
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from madang.core.bad_input import BadInput
from madang.core.ballot.amount import PERHAPS_THOUSANDS, parse_amount
from madang.core.ballot.election import Election, Marks, Project, VoteType, election_of

SECTIONS = ("META", "PROJECTS", "VOTES")
MOST_POINTS, FINEST_POINTS = 10**9, 10**6  # none above the one, none finer than 1 / the other
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Vote:
    """One line of VOTES: projects in the order written, points beside them where there are any."""

    voter_id: str
    projects: tuple[str, ...]
    points: tuple[Fraction, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PabulibFile:
    """All that a .pb file holds; projects and votes in the order of the file.

    The `columns` of projects and votes hold every column but id, cost, vote and points.
    """

    meta: Mapping[str, str]
    vote_type: VoteType
    budget: Fraction
    projects: tuple[Project, ...]
    votes: tuple[Vote, ...]

    def election(self) -> Election:
        """Return the election these projects and votes make."""
        return election_of(
            budget=self.budget,
            projects=self.projects,
            vote_type=self.vote_type,
            ballots=Counter(_marks(vote, self.vote_type) for vote in self.votes),
        )


def read_pabulib(
    lines: Iterable[str], source: str, *, accept_disagreement: bool = False
) -> PabulibFile:
    """Return what the lines of a .pb file say.

    lines:  as the file gives them, with or without line ends (open it with newline="").
    source: the name to show in a refusal.
    accept_disagreement: take a file whose META disagrees with its rows: num_projects, num_votes,
        or a vote longer than max_length.

    Raises BadInput with the line: a malformed record or section, a number that is none, a budget
    or cost not above zero, a project or voter twice, a vote for an unknown project, …
    """
    sections = _sections(lines, source)
    meta = _read_meta(sections["META"], source)
    vote_type = _vote_type(meta, source)
    budget = _amount(meta, "budget", source)
    if budget <= 0:
        raise BadInput(source, meta["budget"][0], "The budget must be more than zero.")
    projects = _read_projects(sections["PROJECTS"], source)
    votes = _read_votes(sections["VOTES"], source, vote_type, {p.id for p in projects})
    if not accept_disagreement:
        _refuse_other_total(meta, "num_projects", len(projects), source)
        _refuse_other_total(meta, "num_votes", len(votes), source)
        _refuse_long_votes(meta, votes, source)
    return PabulibFile(
        meta={key: value for key, (_, value) in meta.items()},
        vote_type=vote_type,
        budget=budget,
        projects=tuple(projects),
        votes=tuple(vote for _, vote in votes),
    )


def _marks(vote: Vote, vote_type: VoteType) -> Marks:
    if vote_type.has_points:
        return tuple(sorted(zip(vote.projects, vote.points, strict=True)))
    if vote_type == VoteType.ORDINAL:
        below = range(len(vote.projects) - 1, -1, -1)
        return tuple(sorted(zip(vote.projects, below, strict=True)))
    return tuple((id_, 1) for id_ in sorted(vote.projects))


# Sections and records


def _records(lines: Iterable[str], source: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not blank, stripped, with the line on which it starts."""
    taken: list[str] = []  # the lines of the record at hand
    reader = csv.reader(_taken_down(lines, taken), delimiter=";")
    line = 1
    try:
        for record in reader:
            if len(taken) > 1:
                _refuse_open_quotes(taken, line, source)
            cells = [cell.strip() for cell in record]
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
            taken.clear()
    except csv.Error as error:
        # A reader that is not strict breaks at nothing else.
        raise BadInput(source, line, "A field of this row is too long to be read.") from error


def _taken_down(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    """Yield the lines, noting each, without the byte order mark that some programs put first."""
    for place, line in enumerate(lines):
        taken.append(line.removeprefix("\ufeff") if place == 0 else line)
        yield taken[-1]


def _refuse_open_quotes(taken: list[str], line: int, source: str) -> None:
    """Refuse a record whose quotes the reader closed in silence where the file ended."""
    try:
        list(csv.reader(taken, delimiter=";", strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            raise BadInput(
                source, line, "A quotation mark that opens here is never closed."
            ) from error


def _sections(lines: Iterable[str], source: str) -> dict[str, list[tuple[int, Row]]]:
    """Return the rows of each section with their lines, each row under its header's names."""
    found: dict[str, list[tuple[int, Row]]] = {}
    header: list[str] | None = None
    rows: list[tuple[int, Row]] = []
    for line, cells in _records(lines, source):
        if cells[0].upper() in SECTIONS and not any(cells[1:]):
            name, header, rows = cells[0].upper(), None, []
            if name in found:
                raise BadInput(source, line, "Section {section} appears twice.", section=name)
            found[name] = rows
        elif not found:
            raise BadInput(source, line, "The file must begin with the section META.")
        elif header is None:
            header = _header(cells, line, source)
        else:
            rows.append((line, _row(cells, header, line, source)))
    _refuse_missing_sections(found, source)
    return found


def _refuse_missing_sections(found: Mapping[str, object], source: str) -> None:
    if not found:
        raise BadInput(source, None, "The file is empty.")
    for name in SECTIONS:
        if name not in found:
            raise BadInput(source, None, "Section {section} is missing.", section=name)


def _header(cells: list[str], line: int, source: str) -> list[str]:
    while not cells[-1]:
        cells = cells[:-1]
    for name, times in Counter(cells).items():
        if not name or times > 1:
            raise BadInput(source, line, "The header has a column without a name, or one twice.")
    return cells


def _row(cells: list[str], header: list[str], line: int, source: str) -> Row:
    if len(cells) < len(header) or any(cells[len(header) :]):
        raise BadInput(
            source, line, "The line has {found} fields where its header has {expected}.",
            found=len(cells), expected=len(header),
        )  # fmt: skip
    return dict(zip(header, cells[: len(header)], strict=True))


# META


def _read_meta(rows: list[tuple[int, Row]], source: str) -> dict[str, tuple[int, str]]:
    """Return the line and the value of each key."""
    meta: dict[str, tuple[int, str]] = {}
    for line, row in rows:
        key, value = tuple(row.values())[:2] if len(row) > 1 else (None, None)
        if not key or value is None:
            raise BadInput(source, line, "A line of META must be a key and a value.")
        if key in meta:
            raise BadInput(source, line, "The key {key} appears twice.", key=key)
        meta[key] = (line, value)
    return meta


def _vote_type(meta: dict[str, tuple[int, str]], source: str) -> VoteType:
    line, word = _value(meta, "vote_type", source)
    try:
        return VoteType(word)
    except ValueError:
        raise BadInput(
            source, line, "The vote type {vote_type} is unknown.", vote_type=word
        ) from None


def _value(meta: dict[str, tuple[int, str]], key: str, source: str) -> tuple[int, str]:
    if key not in meta:
        raise BadInput(source, None, "META does not say the {key}.", key=key)
    return meta[key]


def _amount(meta: dict[str, tuple[int, str]], key: str, source: str) -> Fraction:
    line, text = _value(meta, key, source)
    return _number(text, key, line, source)


def _number(text: str, name: str, line: int, source: str) -> Fraction:
    if PERHAPS_THOUSANDS.fullmatch(text):
        raise BadInput(
            source, line, "The {name} {text} can be read in two ways; write {whole} or {decimal}.",
            name=name, text=text, whole=text.replace(",", ""), decimal=text.replace(",", "."),
        )  # fmt: skip
    try:
        return parse_amount(text)
    except ValueError:
        raise BadInput(
            source, line, "The {name} {text} is not a number.", name=name, text=text or "''"
        ) from None


def _refuse_other_total(
    meta: dict[str, tuple[int, str]], key: str, found: int, source: str
) -> None:
    if key in meta and _amount(meta, key, source) != found:
        line, told = meta[key]
        raise BadInput(
            source, line, "{key} says {told}, but the file holds {found}.",
            key=key, told=told, found=found,
        )  # fmt: skip


def _refuse_long_votes(
    meta: dict[str, tuple[int, str]], votes: list[tuple[int, Vote]], source: str
) -> None:
    if "max_length" not in meta:
        return
    longest = floor(_amount(meta, "max_length", source))
    for line, vote in votes:
        if len(vote.projects) > longest:
            raise BadInput(
                source, line, "The vote names {found} projects; max_length allows {allowed}.",
                found=len(vote.projects), allowed=meta["max_length"][1],
            )  # fmt: skip


# PROJECTS and VOTES


def _refuse_missing_columns(
    rows: list[tuple[int, Row]], section: str, needed: tuple[str, ...], source: str
) -> None:
    if not rows:
        raise BadInput(source, None, "Section {section} holds no rows.", section=section)
    line, row = rows[0]
    for column in needed:
        if column not in row:
            raise BadInput(
                source, line - 1, "Section {section} has no column {column}.",
                section=section, column=column,
            )  # fmt: skip


def _read_projects(rows: list[tuple[int, Row]], source: str) -> list[Project]:
    _refuse_missing_columns(rows, "PROJECTS", ("project_id", "cost"), source)
    projects: dict[str, Project] = {}
    for line, row in rows:
        id_, cost = row.pop("project_id"), _number(row.pop("cost"), "cost", line, source)
        if not id_ or "," in id_:
            raise BadInput(source, line, "The project id {project} cannot be used.", project=id_)
        if id_ in projects:
            raise BadInput(source, line, "Project {project} appears twice.", project=id_)
        if cost <= 0:
            raise BadInput(
                source, line, "The cost of project {project} must be more than zero.", project=id_
            )
        projects[id_] = Project(id_, cost, row)
    return list(projects.values())


def _read_votes(
    rows: list[tuple[int, Row]], source: str, vote_type: VoteType, known: set[str]
) -> list[tuple[int, Vote]]:
    needed = ("voter_id", "vote", "points") if vote_type.has_points else ("voter_id", "vote")
    _refuse_missing_columns(rows, "VOTES", needed, source)
    first_lines: dict[str, int] = {}
    votes = []
    for line, row in rows:
        voter = row.pop("voter_id")
        if voter in first_lines:
            raise BadInput(
                source, line, "Voter {voter} appears twice; first on line {first}.",
                voter=voter, first=first_lines[voter],
            )  # fmt: skip
        first_lines[voter] = line
        projects = _read_list(row.pop("vote"), vote_type, known, line, source)
        points = _read_points(row, projects, line, source) if vote_type.has_points else ()
        votes.append((line, Vote(voter, projects, points, row)))
    return votes


def _read_list(
    text: str, vote_type: VoteType, known: set[str], line: int, source: str
) -> tuple[str, ...]:
    """Return the project ids of a vote; an empty vote is one for nothing, and counts."""
    if not text:
        return ()
    projects = tuple(map(str.strip, text.split(",")))
    for id_ in projects:
        if id_ not in known:
            raise BadInput(
                source, line, "The vote names project {project}, which does not exist.",
                project=id_ or "''",
            )  # fmt: skip
    if len(set(projects)) != len(projects):
        raise BadInput(source, line, "The vote names the same project twice.")
    if vote_type == VoteType.CHOOSE_1 and len(projects) > 1:
        raise BadInput(source, line, "The vote names several projects; one may be chosen.")
    return projects


def _read_points(
    row: Row, projects: tuple[str, ...], line: int, source: str
) -> tuple[Fraction, ...]:
    text = row.pop("points")
    texts = [cell.strip() for cell in text.split(",")] if text else []
    if len(texts) != len(projects):
        raise BadInput(
            source, line, "The vote names {projects} projects and gives points to {points}.",
            projects=len(projects), points=len(texts),
        )  # fmt: skip
    points = tuple(_number(cell, "points", line, source) for cell in texts)
    if any(given < 0 for given in points):
        raise BadInput(source, line, "Points cannot be negative.")
    for given, cell in zip(points, texts, strict=True):
        if given > MOST_POINTS or (given * FINEST_POINTS).denominator > 1:
            raise BadInput(
                source, line, "The points {points} have more digits than can be counted exactly.",
                points=cell,
            )  # fmt: skip
    return points
