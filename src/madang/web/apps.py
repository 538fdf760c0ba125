"""The Django app that carries the page shell."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, tags and styles; no tables."""

    name = "madang.web"
    label = "web"
