"""Where django-allauth's ways are not ours."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from django.contrib import messages
from django.http import HttpRequest  # noqa: TID251 allauth hands it over
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords by the address they are for and by where they come from.

        By the address alone, as allauth counts, a stranger could lock anybody out.
        """
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{get_ip(request)}"

    def send_mail(self, template_prefix: str, email: str, told: dict[str, Any]) -> None:
        """Send it, or say on the page that it could not be sent; who asks again gets another."""
        try:
            super().send_mail(template_prefix, email, told)
        except (OSError, SMTPException):
            logger.exception("a mail could not be sent")
            said = _("Our mail server does not answer; no mail was sent. Please ask again later.")
            messages.error(context.request, said)
            context.request.mail_is_away = True

    def add_message(
        self, request: HttpRequest, level: int, template: str | None = None, *told: Any, **more: Any
    ) -> None:
        """Say what allauth says, but not that a mail was sent which was not."""
        if not (hasattr(request, "mail_is_away") and "sent" in (template or "")):
            super().add_message(request, level, template, *told, **more)

    def is_safe_url(self, url: str | None) -> bool:
        """Whether to go there after signing in; an address that cannot be read is not safe."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False
