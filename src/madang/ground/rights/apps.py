"""Brings in what the blocks tell about people when Django is ready."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RightsConfig(AppConfig):
    name = "madang.ground.rights"

    def ready(self) -> None:
        import_module("madang.ground.rights.own")
        autodiscover_modules("rights")
