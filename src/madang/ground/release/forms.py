"""What officials fill in to publish, and what codes mean in words."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from madang.core.bad_input import BadInput
from madang.ground.release.method import Method
from madang.ground.release.noisy import NoisyAsked, Statistic
from madang.ground.release.price import price_of
from madang.ground.release.records import RecordsAsked
from madang.ground.release.services import Asked, named_datasets
from madang.ground.release.tables import TableAsked

LARGEST_FILE = 20 * 2**20
REFUSALS = {
    "no-such-dataset": _("No block names such a dataset."),
    "key-reused": _("This page has published something else already. Begin anew."),
    "not-as-tried": _("This is not what was tried. Try it first, then publish the same file."),
    "too-telling": _("These records tell too much about somebody. Follow a suggestion."),
    "no-budget": _(
        "This dataset has no privacy budget today. `madang release grant` gives it one."
    ),
    "budget-spent": _("The privacy budget of this dataset does not reach for this."),
    "no-days": _("A period ends after it starts."),
    "periods-overlap": _("This dataset has a budget for some of these days already."),
}
METHOD_NAMES = {
    Method.RECORDS: _("Records in which people look alike"),
    Method.TABLE: _("Table with hidden cells"),
    Method.NOISE: _("Numbers with noise"),
}
METHOD_TEXTS = {
    Method.RECORDS: _(
        "A row for each person, made coarser until at least k people look the same (k-anonymity)."
    ),
    Method.TABLE: _(
        "How many people, by one to three columns. Small cells are hidden, and others with them, "
        "so that none can be worked out."
    ),
    Method.NOISE: _(
        "Counts, sums or means with random noise, so that nobody can tell whether you are in the "
        "file (differential privacy). Costs privacy budget."
    ),
}
STATISTIC_NAMES = {
    Statistic.COUNT: _("Counts"),
    Statistic.SUM: _("Sums"),
    Statistic.MEAN: _("Means"),
    Statistic.HISTOGRAM: _("Histogram"),
}


def in_words(wrong: BadInput) -> str:
    """Return what is wrong with a file in the reader's language."""
    return f"{wrong.place}: {gettext(wrong.reason).format(**wrong.values)}"


def names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


class ReleaseForm(forms.Form):
    """What every method asks: of which dataset, under which title, from which file.

    read: each method's own way from what was filled in to what is asked. Raises BadInput.
    """

    read: Callable[[], Asked]

    key = forms.UUIDField(widget=forms.HiddenInput)
    tried = forms.CharField(widget=forms.HiddenInput, required=False)
    dataset = forms.ChoiceField(label=_("Dataset"))
    title = forms.CharField(label=_("Title of the file"), max_length=200)
    file = forms.FileField(
        label=_("CSV file with a header"),
        help_text=_("It is read and not kept. To publish, choose the same file again."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"key": uuid4()})
        self.fields["dataset"].choices = [(name, name) for name in named_datasets()]  # type: ignore[attr-defined]  # a ChoiceField
        self.content = b""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(_("The file is larger than 20 MB."))
        self.content = file.read()
        return file

    def clean(self) -> dict[str, Any]:
        """Read the wish, so that what is wrong with it stands on the form."""
        if not self.errors:
            try:
                self.asked = self.read()
            except BadInput as wrong:
                self.add_error(None, in_words(wrong))
        return self.cleaned_data


class RecordsForm(ReleaseForm):
    quasi = forms.CharField(
        label=_("Columns by which somebody could be known"),
        help_text=_("With commas between them. Columns that are named nowhere are left out."),
    )
    sensitive = forms.CharField(
        label=_("Columns that nobody should learn of somebody"), required=False
    )
    k = forms.IntegerField(label=_("People who must look alike (k)"), min_value=2, initial=5)
    l = forms.IntegerField(  # noqa: E741 the literature's name
        label=_("Different sensitive values among them (l)"), min_value=1, initial=2
    )
    most = forms.IntegerField(label=_("People who may be left out"), min_value=0, initial=0)
    way = forms.IntegerField(
        label=_("Follow suggestion number"),
        help_text=_("0 for the file as it is. The suggestions are shown when you have tried."),
        min_value=0,
        initial=0,
    )

    def read(self) -> RecordsAsked:
        said = self.cleaned_data
        return RecordsAsked(
            quasi=names(said["quasi"]),
            sensitive=names(said["sensitive"]),
            k=said["k"],
            l=said["l"],
            most_suppressed=said["most"],
            way=said["way"],
        )


class TableForm(ReleaseForm):
    columns = forms.CharField(label=_("Columns of the table, one to three"))
    fewest = forms.IntegerField(
        label=_("People whom a shown cell must hold"), min_value=2, max_value=1000, initial=5
    )

    def read(self) -> TableAsked:
        return TableAsked(names(self.cleaned_data["columns"]), self.cleaned_data["fewest"])


class NoiseForm(ReleaseForm):
    statistic = forms.ChoiceField(
        label=_("What is published"),
        choices=[(each.value, STATISTIC_NAMES[each]) for each in Statistic],
    )
    person = forms.CharField(label=_("Column that tells people apart"))
    rows = forms.IntegerField(
        label=_("Rows of one person that count"), min_value=1, max_value=1000, initial=1
    )
    group = forms.CharField(label=_("Column of categories"), required=False)
    categories = forms.CharField(
        label=_("All its categories"),
        help_text=_("With commas between them, named without looking at the file."),
        required=False,
    )
    number = forms.CharField(label=_("Column of whole numbers"), required=False)
    low = forms.IntegerField(label=_("Lowest number that counts"), required=False)
    high = forms.IntegerField(label=_("Highest number that counts"), required=False)
    bands = forms.CharField(
        label=_("Edges of the histogram's bands"),
        help_text=_("With commas between them, from low to high: 0, 20, 40, 60, 120."),
        required=False,
    )
    epsilon = forms.CharField(label=_("Privacy budget to spend (epsilon)"), initial="0.5")
    delta = forms.CharField(
        label=_("Delta"),
        help_text=_("0 for Laplace noise. More, as in 0.000001, for Gaussian noise."),
        initial="0",
    )

    def read(self) -> NoisyAsked:
        said = self.cleaned_data
        price = price_of(said["epsilon"], said["delta"])
        statistic = Statistic(said["statistic"])
        edges = names(said["bands"])
        if any(not edge.removeprefix("-").isdecimal() for edge in edges):
            raise BadInput(
                "bands", None, "Name the edges of the bands, two or more, from low to high."
            )
        return NoisyAsked(
            statistic=statistic,
            person=said["person"].strip(),
            rows_a_person=said["rows"],
            micro_epsilon=price.micro_epsilon,
            pico_delta=price.pico_delta,
            group="" if statistic is Statistic.HISTOGRAM else said["group"].strip(),
            categories=names(said["categories"]),
            number=said["number"].strip(),
            low=said["low"] or 0,
            high=said["high"] or 0,
            bands=tuple(map(int, edges)),
        )


FORMS: dict[Method, type[ReleaseForm]] = {
    Method.RECORDS: RecordsForm,
    Method.TABLE: TableForm,
    Method.NOISE: NoiseForm,
}
