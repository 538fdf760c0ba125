"""Two files on their way into the register, which only officials see yet."""

from datetime import datetime

from django.db import transaction

from madang.listen.network.models import Draft
from madang.listen.network.queries import newest_version, read_texts


@transaction.atomic
def keep_draft(
    *, systems_name: str, systems: bytes, links_name: str, links: bytes, at: datetime
) -> Draft:
    """Keep two files until an official has seen what they change; earlier ones are thrown away.

    Raises BadInput where they are no network.
    """
    read_texts(systems_name, systems, links_name, links)
    Draft.objects.all().delete()
    newest = newest_version()
    return Draft.objects.create(
        base=newest.number if newest else 0,
        systems_name=systems_name[:100],
        systems=systems.decode("utf-8-sig"),
        links_name=links_name[:100],
        links=links.decode("utf-8-sig"),
        sent_at=at,
    )


def drop_draft(*, draft: int) -> None:
    """Throw two files away; safe to repeat."""
    Draft.objects.filter(id=draft).delete()
