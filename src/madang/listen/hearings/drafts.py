"""Writes on a draft, which nobody but officials sees yet; making one is in services."""

from datetime import datetime

from django.db import transaction

from madang.ground.dates import why_not_until
from madang.ground.words import Words
from madang.listen.hearings.models import Hearing, Status
from madang.listen.hearings.services import UnableToMove, locked_hearing


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
