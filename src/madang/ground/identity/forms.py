"""What people tell us about themselves."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from madang.ground.city.card import city
from madang.ground.words import said


class ResidencyForm(forms.Form):
    district = forms.ChoiceField(
        label=_("The district you live in"),
        help_text=_("Only the district is kept, never your address."),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        language = get_language() or "ko"
        field = self.fields["district"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.code, said(each.words, language)) for each in city().districts]
