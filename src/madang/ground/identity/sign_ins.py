"""Django's sessions in a table of ours, which says whose each one is."""

from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from madang.ground.identity.models import SignIn


class SessionStore(DatabaseStore):
    """What SESSION_ENGINE asks for."""

    @classmethod
    def get_model_class(cls) -> type[SignIn]:
        return SignIn

    def create_model_instance(self, data: dict[str, Any]) -> SignIn:
        row = super().create_model_instance(data)
        assert isinstance(row, SignIn), "it is made of the class above"
        whose = data.get(SESSION_KEY)
        row.person_id = None if whose is None else UUID(whose)
        return row
