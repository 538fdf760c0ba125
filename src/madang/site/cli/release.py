"""Commands of the gate: check a file or protect a table without a city; list, grant inside one."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from madang.site.cli.city import standing_city
from madang.site.cli.cores import Json
from madang.site.cli.disclosure import check, table
from madang.site.cli.files import write_json
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:
    from madang.ground.release.price import Price

app = typer.Typer(help=_("What leaves the city's data, and how it is protected."),
                  no_args_is_help=True)  # fmt: skip
app.command(help=_("Check records in a CSV file, without a city; suggest what would mend them."))(
    check
)
app.command(help=_("Make a table of a CSV file, without a city, and hide what tells too much."))(
    table
)


@app.command("list", help=_("List what was published, and what each dataset may still spend."))
def list_(json: Json = None) -> None:
    with standing_city():
        from django.utils import timezone

        from madang.ground.release.queries import list_budgets, list_releases

        releases, budgets = list_releases(), list_budgets(at=timezone.now())
        if json is not None:
            write_json(
                {
                    "releases": [
                        {"number": r.number, "dataset": r.dataset, "title": r.title,
                         "method": r.method, "parameters": r.parameters, "sha256": r.sha256,
                         "epsilon": r.price and str(r.price.epsilon),
                         "published_at": r.published_at.isoformat()}
                        for r in releases
                    ],
                    "budgets": [
                        {"dataset": b.dataset, "starts": str(b.starts), "ends": str(b.ends),
                         "granted": _price(b.granted), "left": _price(b.left)}
                        for b in budgets
                    ],
                },
                json,
            )  # fmt: skip
            return
        for row in releases:
            print(f"{row.number}\t{row.dataset}\t{row.method}\t{row.title}")
        for budget in budgets:
            told = _("{dataset}: epsilon {left} of {granted} left, {starts} to {ends}.")
            values = {"dataset": budget.dataset, "starts": budget.starts, "ends": budget.ends}
            left, granted = budget.left.epsilon, budget.granted.epsilon
            print(told.format(left=left, granted=granted, **values))
        if not releases:
            print(_("Nothing was published through the gate yet."))


def _price(price: "Price") -> dict[str, str]:
    return {"epsilon": str(price.epsilon), "delta": str(price.delta)}


Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help=_("A day, as in 2020-05-21."))]


@app.command("grant", help=_("Give a dataset a privacy budget for a period; it is never raised."))
def grant(
    dataset: Annotated[str, typer.Argument(help=_("Name of the dataset, as in hearings.votes."))],
    starts: Day,
    ends: Day,
    epsilon: Annotated[str, typer.Option(help=_("How much epsilon in all, as in 1 or 0.5."))],
    delta: Annotated[str, typer.Option(help=_("How much delta in all; 0 allows none."))] = "0",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Say what would be done."))] = False,
) -> None:
    from madang.ground.release.price import price_of

    price = price_of(epsilon, delta)
    values: dict[str, Any] = {"dataset": dataset, "starts": starts.date(), "ends": ends.date()}
    told = {**values, "epsilon": price.epsilon, "delta": price.delta}
    if dry_run:
        sentence = _(
            "{dataset} would be given epsilon {epsilon}, delta {delta}, {starts} to {ends}."
        )
        print(sentence.format(**told))
        return
    with standing_city():
        _grant(dataset, starts.date(), ends.date(), price)
    print(_("{dataset} has epsilon {epsilon}, delta {delta}, {starts} to {ends}.").format(**told))


def _grant(dataset: str, starts: date, ends: date, price: "Price") -> None:
    from django.utils import timezone

    from madang.ground.release.forms import REFUSALS
    from madang.ground.release.services import UnableToGrant, grant_budget

    try:
        grant_budget(dataset=dataset, starts=starts, ends=ends, price=price, at=timezone.now())
    except UnableToGrant as unable:
        state = 3 if str(unable) == "periods-overlap" else 2
        raise Refusal(f"{dataset}: {REFUSALS[str(unable)]}", exit_code=state) from unable
