"""Has the tables watched as soon as they are there."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class JournalConfig(AppConfig):
    name = "madang.ground.journal"
    # By table, the rows that were not as noted before migrations run in this process.
    _differed: dict[str, list[str]] | None = None

    def ready(self) -> None:
        pre_migrate.connect(self._look, sender=self)
        post_migrate.connect(self._watch, sender=self)

    def _look(self, *, plan: Any = (), **told: object) -> None:
        """Hold rows against their notes while the columns are still those of the notes."""
        from madang.ground.journal.watch import rows_that_differ_before

        labels = {migration.app_label for migration, _ in plan}
        self._differed = rows_that_differ_before(labels) if labels else None

    def _watch(self, *, plan: Any = None, **told: object) -> None:
        """Note what migrations changed. Where none ran, whatever differs is for the audit."""
        from madang.ground.journal.watch import watch_tables

        if plan is None or plan:
            watch_tables(self._differed)
        self._differed = None
