"""What more than one block needs to read what people send."""

from django import forms


class BilingualForm(forms.Form):
    """A form whose texts come in Korean, which is required, and English, which is not."""

    def words(self, name: str) -> dict[str, str]:
        """Return a field's texts by language, without the empty ones."""
        texts = {code: self.cleaned_data.get(f"{name}_{code}", "").strip() for code in ("ko", "en")}
        return {code: text for code, text in texts.items() if text}


def sent_number(text: str | None, *, otherwise: int = -1) -> int:
    """Return the whole number a page sent; for what is none, one that no service takes."""
    is_whole = text is not None and text.removeprefix("-").isdecimal() and len(text) < 17
    return int(text) if is_whole and text else otherwise
