"""Files that pages let people take home."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from madang.core.csv_text import as_cell
from madang.ground.release.public import refuse_unless_record


def open_data_csv(
    *, dataset: str, name: str, header: Sequence[str], rows: Iterable[Iterable[object]]
) -> HttpResponse:
    """Return a dataset that leaves as a public record, as a CSV file for everybody.

    Raises UnableToLeave where its block states no such rule: our mistake, so no page says it.
    """
    refuse_unless_record(dataset=dataset)
    return csv_download(name=name, header=header, rows=rows)


def csv_download(
    *, name: str, header: Sequence[str], rows: Iterable[Iterable[object]]
) -> HttpResponse:
    """Return a CSV file to be saved under `name`; no text in it can be run as a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    lines = csv.writer(response)
    lines.writerow(header)
    lines.writerows(
        [as_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return response
