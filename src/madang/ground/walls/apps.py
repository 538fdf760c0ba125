"""Has the walls raised as soon as there is something to stand between, and held-back work wait."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WallsConfig(AppConfig):
    name = "madang.ground.walls"

    def ready(self) -> None:
        from madang.ground.jobs.queue import hold_back
        from madang.ground.walls.queries import is_paused

        hold_back(is_paused)
        post_migrate.connect(_raise, sender=self)


def _raise(**told: object) -> None:
    from madang.ground.walls.roles import raise_walls

    raise_walls()
