"""Brings events and handlers in when Django is ready."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "madang.ground.events"

    def ready(self) -> None:
        autodiscover_modules("events", "handlers")
