"""Writes on a draft, which nobody but officials sees yet; making one is in services."""

from datetime import datetime

from django.db import transaction

from madang.ground.dates import why_not_until
from madang.ground.events.outbox import record
from madang.ground.words import Words
from madang.listen.hearings.events import StatementRemoved
from madang.listen.hearings.models import Hearing, Statement, Status
from madang.listen.hearings.services import UnableToMove, locked_hearing, refuse_words


@transaction.atomic
def edit_hearing(
    *,
    slug: str,
    title: Words,
    introduction: Words,
    question: Words,
    closes_at: datetime | None,
    at: datetime,
) -> Hearing:
    """Change what a draft says.

    Raises UnableToMove: "not-draft", "closes-in-the-past", "closes-too-late";
    Hearing.DoesNotExist.
    """
    hearing = locked_hearing(slug, Status.DRAFT)
    if problem := why_not_until(closes_at, at=at):
        raise UnableToMove(problem)
    hearing.title, hearing.introduction, hearing.question = title, introduction, question
    hearing.closes_at = closes_at
    hearing.save(update_fields=["title", "introduction", "question", "closes_at"])
    return hearing


@transaction.atomic
def delete_hearing(*, slug: str, at: datetime) -> None:
    """Delete a draft and record StatementRemoved for each of its sentences.

    What was ever open stays. Raises UnableToMove: "not-draft"; Hearing.DoesNotExist.
    """
    hearing = locked_hearing(slug, Status.DRAFT)
    for statement in hearing.statements.order_by("number"):
        _remove(hearing, statement, at)
    hearing.delete()


@transaction.atomic
def edit_statement(*, slug: str, number: int, words: Words) -> Statement:
    """Change what a sentence of a draft says.

    Raises UnableToMove: "not-draft"; UnableToSpeak: as `add_statement` does;
    Hearing.DoesNotExist, Statement.DoesNotExist.
    """
    hearing = locked_hearing(slug, Status.DRAFT)
    statement = hearing.statements.get(number=number)
    refuse_words(words, beside=hearing.statements.exclude(number=number))
    statement.words = words
    statement.save(update_fields=["words"])
    return statement


@transaction.atomic
def remove_statement(*, slug: str, number: int, at: datetime) -> None:
    """Take a sentence out of a draft and record StatementRemoved; safe to repeat.

    Raises UnableToMove: "not-draft"; Hearing.DoesNotExist.
    """
    hearing = locked_hearing(slug, Status.DRAFT)
    if statement := hearing.statements.filter(number=number).first():
        _remove(hearing, statement, at)


def _remove(hearing: Hearing, statement: Statement, at: datetime) -> None:
    statement.delete()
    record(StatementRemoved(hearing=hearing.slug, statement=statement.number, removed_at=at))
