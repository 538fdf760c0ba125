"""What more than one block needs to read what people send."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class BilingualForm(forms.Form):
    """A form whose texts come in Korean, which is required, and English, which is not."""

    def words(self, name: str) -> dict[str, str]:
        """Return a field's texts by language, without the empty ones."""
        texts = {code: self.cleaned_data.get(f"{name}_{code}", "").strip() for code in ("ko", "en")}
        return {code: text for code, text in texts.items() if text}


class AmountField(forms.DecimalField):
    """An amount of money to two decimal places, refused in plain words."""

    default_error_messages = {
        "max_digits": _("That is too large an amount."),
        "max_whole_digits": _("That is too large an amount."),
        "max_decimal_places": _("An amount has at most two decimal places."),
    }

    def __init__(self, **more: Any) -> None:
        super().__init__(max_digits=18, decimal_places=2, **more)


def refuse(
    form: forms.Form, code: str, words: Mapping[str, "StrPromise"], fields: Mapping[str, str]
) -> None:
    """Say on the form why a service refused it: beside the field at fault, where one is.

    words and fields: what a code means, and the field it is about, by code.
    """
    name = fields.get(code)
    form.add_error(name if name in form.fields else None, words[code])


def sent_number(text: str | None, *, otherwise: int = -1) -> int:
    """Return the whole number a page sent; for what is none, one that no service takes."""
    is_whole = text is not None and text.removeprefix("-").isdecimal() and len(text) < 17
    return int(text) if is_whole and text else otherwise
