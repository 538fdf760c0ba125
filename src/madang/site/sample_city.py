"""Load the sample city through the blocks' services, step by step; safe to stop and to repeat."""

import csv
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from madang.core.ballot.pabulib import read_pabulib
from madang.core.ballot.rule import parse_rule
from madang.core.opinion.csv_rows import TextFile
from madang.core.opinion.polis_export import read_conversation
from madang.decide.ballots.imports import import_ballot
from madang.decide.ballots.models import Ballot
from madang.decide.ballots.rules import Eligibility
from madang.decide.ballots.services import close_ballot
from madang.decide.plan.models import Plan
from madang.decide.plan.rules import GoalDraft, ProjectDraft
from madang.decide.plan.services import create_plan
from madang.ground.words import Words
from madang.listen.hearings.imports import import_conversation
from madang.listen.hearings.models import Hearing, Origin, Status
from madang.listen.hearings.services import close_hearing, draw_map
from madang.listen.network.imports import register_network
from madang.listen.network.queries import read_texts

SAMPLE = settings.PACKAGE / "sample"


def load_plan() -> str:
    """Make the sample's plan; return its slug."""
    plan = tomllib.loads((SAMPLE / "plan.toml").read_text("utf-8"))
    if not Plan.objects.filter(slug=plan["slug"]).exists():
        create_plan(
            slug=plan["slug"],
            title=plan["title"],
            vision=plan["vision"],
            goals=tuple(_goals(plan)),
            at=timezone.now(),
        )
    slug: str = plan["slug"]
    return slug


def load_network() -> int:
    """Register the sample's systems; return the version that holds them."""
    folder = SAMPLE / "network"
    made = register_network(
        network=read_texts(
            "systems.csv",
            (folder / "systems.csv").read_bytes(),
            "links.csv",
            (folder / "links.csv").read_bytes(),
        ),
        source="sample/network",
        at=timezone.now(),
    )
    return made.number


def load_hearing(folder: Path) -> str:
    """Open a hearing from a folder of the sample, with its simulated voters; return its slug."""
    about = tomllib.loads((folder / "hearing.toml").read_text("utf-8"))
    texts = _texts(folder / "statements.csv")
    now = timezone.now()
    made = import_conversation(
        conversation=read_conversation(
            votes=_file(folder / "votes.csv"), comments=_comments(texts)
        ),
        slug=about["slug"],
        title=about["title"],
        introduction=_paragraphs(about["introduction"]),
        question=about["question"],
        texts=texts,
        source=f"sample/{folder.relative_to(SAMPLE)}",
        origin=Origin.SIMULATED,
        closes_at=_end_of_day(now, about["open_days"]),
        at=now,
    )
    if made.hearing.status == Status.OPEN:
        draw_map(slug=made.hearing.slug, at=now)
    return made.hearing.slug


def load_ballot(folder: Path) -> str:
    """Open a ballot from a folder of the sample, with its simulated voters; return its slug."""
    about = tomllib.loads((folder / "ballot.toml").read_text("utf-8"))
    now = timezone.now()
    made = import_ballot(
        file=read_pabulib(_file(folder / "ballot.pb").lines, "ballot.pb"),
        source=f"sample/{folder.relative_to(SAMPLE)}",
        slug=about["slug"],
        title=about["title"],
        introduction=_paragraphs(about["introduction"]),
        hearing=about["hearing"],
        rule=parse_rule(**about["rule"]),
        eligibility=Eligibility(about["eligibility"]),
        closes_at=_end_of_day(now, about.get("open_days", 30)),
        simulated=True,
        at=now,
    )
    return made.slug


def finish_hearing(slug: str) -> None:
    if Hearing.objects.get(slug=slug).status == Status.OPEN:
        close_hearing(slug=slug, at=timezone.now())


def finish_ballot(slug: str) -> None:
    if Ballot.objects.get(slug=slug).status == "open":
        close_ballot(slug=slug, at=timezone.now())


def _goals(plan: dict[str, Any]) -> Iterator[GoalDraft]:
    for goal in plan["goals"]:
        intake = plan["intake"][goal["code"]]["project"]
        yield GoalDraft(
            code=goal["code"],
            words=_words(goal),
            description=goal.get("description", {}),
            projects=tuple(
                ProjectDraft(
                    code=each["code"],
                    words=_words(each),
                    description=each.get("description", {}),
                    office=each["office"],
                    takes_winners=each["code"] == intake,
                )
                for each in plan["projects"]
                if each["goal"] == goal["code"]
            ),
        )


def _words(row: dict[str, Any]) -> Words:
    return {"ko": row["ko"], "en": row["en"]}


def _paragraphs(words: Words) -> Words:
    return {language: text.strip() for language, text in words.items()}


def _texts(path: Path) -> dict[int, Words]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {int(row["number"]): _words(row) for row in csv.DictReader(lines)}


def _comments(texts: dict[int, Words]) -> TextFile:
    """The statements as a Polis export names them; their texts go in beside it."""
    return TextFile("statements.csv", ["comment-id,moderated\n", *(f"{n},1\n" for n in texts)])


def _file(path: Path) -> TextFile:
    return TextFile(path.name, path.read_text("utf-8").splitlines(keepends=True))


def _end_of_day(now: datetime, days: int) -> datetime:
    last = timezone.localtime(now) + timedelta(days=days)
    return last.replace(hour=23, minute=59, second=0, microsecond=0)
