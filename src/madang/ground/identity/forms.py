"""What people tell us about themselves."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from madang.ground.city.card import city
from madang.ground.identity.consents import RESIDENCY
from madang.ground.words import said


class ResidencyForm(forms.Form):
    district = forms.ChoiceField(
        label=_("The district you live in"),
        help_text=_("Only the district is kept, never your address."),
        widget=forms.RadioSelect,
    )

    agrees = forms.BooleanField(
        label=_(RESIDENCY.asks),
        error_messages={"required": _("Without your consent the district is not kept.")},
    )

    def __init__(self, *args: object, is_agreed: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        if is_agreed:
            del self.fields["agrees"]
        language = get_language() or "ko"
        field = self.fields["district"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.code, said(each.words, language)) for each in city().districts]
