"""Forms that more than one block needs."""

from django import forms


class BilingualForm(forms.Form):
    """A form whose texts come in Korean, which is required, and English, which is not."""

    def words(self, name: str) -> dict[str, str]:
        """Return a field's texts by language, without the empty ones."""
        texts = {code: self.cleaned_data.get(f"{name}_{code}", "").strip() for code in ("ko", "en")}
        return {code: text for code, text in texts.items() if text}
