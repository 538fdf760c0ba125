"""Who visits, for a block behind its wall: by the key of one visit, and nothing of anybody else.

Such a process can read neither people nor their sign-ins. It asks the database's function
`identity_visitor`, which knows a visit by the key that the visitor's browser sent.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest  # noqa: TID251 the gate itself speaks HTTP
from django.http.response import HttpResponseBase  # noqa: TID251 the same
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from madang.ground.identity.models import Proof, Role
from madang.ground.identity.public import Visitor, Who

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def known_by_visit(get_response: GetResponse) -> GetResponse:
    """Put who visits where Django's own middleware would put the person."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        request.user = SimpleLazyObject(lambda: _visitor(key))  # type: ignore[assignment]  # it acts as one
        response = get_response(request)
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def _visitor(key: str) -> Visitor | AnonymousUser:
    """Return who signed in under this key. One SQL query; none without a key."""
    if not key:
        return AnonymousUser()
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, roles, district, proof FROM identity_visitor(%s)", [key])
        found = cursor.fetchone()
    if found is None:
        return AnonymousUser()
    person_id, roles, district, proof = found
    who = Who(person_id, frozenset(map(Role, roles)), district, proof and Proof(proof))
    return Visitor(who)
