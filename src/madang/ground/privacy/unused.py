"""Accounts that nobody uses: their owners are written to, and a month later they are erased."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import override

from madang.ground.identity.models import Person
from madang.ground.privacy.services import leave

UNUSED = timedelta(days=3 * 365)
NOTICE = timedelta(days=30)

logger = logging.getLogger(__name__)


def unused_accounts(*, at: datetime) -> "QuerySet[Person]":
    """Return who has not signed in for three years and was told so a month ago.

    Not who has a role: the city takes that back first.
    """
    return _last_seen_before(at - UNUSED).filter(
        warned_at__gt=F("seen_at"), warned_at__lte=at - NOTICE
    )


def accounts_to_warn(*, at: datetime) -> "QuerySet[Person]":
    """Return whose account will be erased in a month, and who was not told yet."""
    soon = _last_seen_before(at - UNUSED + NOTICE)
    return soon.exclude(warned_at__gt=F("seen_at"))


def _last_seen_before(moment: datetime) -> "QuerySet[Person]":
    seen = Person.objects.annotate(seen_at=Coalesce("last_login", "joined_at"))
    return seen.filter(seen_at__lte=moment, role_grants=None).order_by("pk")


def warn_unused(*, at: datetime) -> int:
    """Write to them, and note that it was done; return to how many. One that cannot be sent is
    tried again the next night."""
    warned = 0
    for person in accounts_to_warn(at=at).iterator():
        try:
            send_mail(*_letter(), settings.DEFAULT_FROM_EMAIL, [person.email])
        except (SMTPException, OSError) as trouble:
            logger.error("the notice about an unused account could not be sent: %s", trouble)
            continue
        Person.objects.filter(pk=person.pk).update(warned_at=at)
        warned += 1
    return warned


def erase_unused(*, at: datetime) -> Iterator[int]:
    """Erase the unused accounts; yield 1 for each."""
    for person in unused_accounts(at=at):
        if _erase_if_unused(person, at):
            yield 1


@transaction.atomic
def _erase_if_unused(person: Person, at: datetime) -> bool:
    """Erase the account unless its owner signs in this moment."""
    list(Person.objects.select_for_update().filter(pk=person.pk))
    if not unused_accounts(at=at).filter(pk=person.pk).exists():
        return False
    leave(person_id=person.pk, at=at)
    return True


def _letter() -> tuple[str, str]:
    """Subject and text in every language of the site: nobody noted which one they read."""
    subjects, texts = [], []
    for code, _name in settings.LANGUAGES:
        with override(code):
            subjects.append(_("Your account will be erased in 30 days"))
            texts.append(
                _(
                    "You have not signed in for almost three years. In 30 days your account and"
                    " what it holds will be erased. Sign in once if you want to keep it; otherwise"
                    " you need not do anything."
                )
            )
    return " · ".join(subjects), "\n\n".join(texts)
