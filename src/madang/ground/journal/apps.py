"""Has the tables watched as soon as they are there."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    name = "madang.ground.journal"

    def ready(self) -> None:
        post_migrate.connect(_watch, sender=self)


def _watch(**told: object) -> None:
    from madang.ground.journal.watch import watch_tables

    watch_tables()
