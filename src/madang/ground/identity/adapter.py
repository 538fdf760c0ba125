"""Where django-allauth's ways are not ours."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest  # noqa: TID251 allauth hands it over


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords by the address they are for and by where they come from.

        By the address alone, as allauth counts, a stranger could lock anybody out.
        """
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{get_ip(request)}"

    def is_safe_url(self, url: str | None) -> bool:
        """Whether to go there after signing in; an address that cannot be read is not safe."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False
