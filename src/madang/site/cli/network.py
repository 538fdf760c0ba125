"""Commands of the network block."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from madang.site.cli.city import standing_city
from madang.site.cli.cores import Json
from madang.site.cli.files import read_bytes, write_json
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:
    from madang.core.reach.network import Network
    from madang.listen.network.rules import Difference

app = typer.Typer(help=_("The city's systems: what a break-in would reach."), no_args_is_help=True)

Code = Annotated[str, typer.Argument(help=_("Code of the system that was broken into."))]


@app.command("import", help=_("Renew the register of systems from two CSV files."))
def import_(
    systems: Annotated[
        Path,
        typer.Argument(
            help="code,name,kind,exposure,criticality,office,isolation_cost", readable=False
        ),
    ],
    links: Annotated[Path, typer.Argument(help="from,to,trust,likelihood,cost", readable=False)],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Say what would change, and change nothing."))
    ] = False,
) -> None:
    texts = read_bytes(systems), read_bytes(links)
    with standing_city():
        from django.utils import timezone

        from madang.listen.network.imports import register_network
        from madang.listen.network.queries import network_or_nothing, read_texts, source_of
        from madang.listen.network.rules import compare

        network = read_texts(str(systems), texts[0], str(links), texts[1])
        if dry_run:
            _print_difference(compare(network_or_nothing(), network))
            return
        made = register_network(
            network=network, source=source_of(systems.name, links.name), at=timezone.now()
        )
        if not made.is_new:
            sentence = _("The register says all of this already, as version {n}.")
            print(sentence.format(n=made.number))
            return
        _print_difference(made.difference)
        print(_("Version {n} of the register holds now.").format(n=made.number))


def _print_difference(difference: "Difference") -> None:
    from madang.listen.network.rules import link_key, name_of

    added, removed, changed = difference.counts
    for sign, name in (
        *(("+", each.code) for each in difference.added),
        *(("-", each.code) for each in difference.removed),
        *(("~", _told(each.name, each.fields)) for each in difference.changed),
        *(("+", name_of(link_key(each))) for each in difference.links_added),
        *(("-", name_of(link_key(each))) for each in difference.links_removed),
        *(("~", _told(each.name, each.fields)) for each in difference.links_changed),
    ):
        print(f"{sign} {name}")
    sentence = _("{added} added, {removed} removed, {changed} changed.")
    print(sentence.format(added=added, removed=removed, changed=changed))


def _told(name: str, fields: tuple[tuple[str, object, object], ...]) -> str:
    return f"{name}: " + ", ".join(f"{field} {old} → {new}" for field, old, new in fields)


@app.command("show", help=_("Print the register in numbers, and which systems open the most."))
def show(json: Json = None) -> None:
    with standing_city():
        from madang.core.reach.ranking import rank_chokepoints, rank_openers
        from madang.listen.network.queries import newest_version

        network, version = _network(), newest_version()
        assert version is not None, "a network has a version"
        answer: dict[str, Any] = {
            "version": version.number,
            "registered_at": version.registered_at.isoformat(),
            "systems": version.systems,
            "links": version.links,
            "openers": [
                {"code": network.systems[each.place].code, "systems": each.systems,
                 "damage": each.damage, "score": each.score}
                for each in rank_openers(network)[:10]
            ],
            "chokepoints": [
                {"at": _name(network, each.at), "systems": each.systems, "damage": each.damage}
                for each in rank_chokepoints(network)[:10]
            ],
        }  # fmt: skip
        if json is not None:
            write_json(answer, json)
            return
        sentence = _("Version {n}: {systems} systems, {links} links.")
        print(sentence.format(n=version.number, systems=version.systems, links=version.links))
        for each in answer["openers"]:
            print(f"{each['code']}\t{each['systems']}\t{each['damage']}")


def _name(network: "Network", at: int | tuple[int, int]) -> str:
    if isinstance(at, int):
        return network.systems[at].code
    return " → ".join(network.systems[place].code for place in at)


@app.command("radius", help=_("Print what falls when one system has fallen."))
def radius(
    code: Code,
    trials: Annotated[
        int, typer.Option(min=2, max=100_000, help=_("How often the dice are thrown."))
    ] = 2000,
    seed: Annotated[int, typer.Option(min=0, help=_("Seed of the dice."))] = 1,
    json: Json = None,
) -> None:
    with standing_city():
        import numpy as np

        from madang.core.reach.chance import estimate_chances
        from madang.core.reach.radius import blast_radius

        network = _network()
        _refuse_unknown(network, [code])
        found = blast_radius(network, code)
        chances = estimate_chances(network, code, rng=np.random.default_rng(seed), trials=trials)
        rows: list[dict[str, Any]] = []
        for each in found.fallen:
            chance = chances.by_place.get(each.place)
            rows.append(
                {
                    "code": network.systems[each.place].code,
                    "steps": each.steps,
                    "likeliest_way": each.likelihood,
                    "way": [network.systems[place].code for place in each.way],
                    "estimate": chance.share if chance else 0.0,
                    "interval": [chance.low, chance.high] if chance else None,
                }
            )
        if json is not None:
            told = {"mean": chances.damage[0], "interval": list(chances.damage[1:])}
            write_json(
                {"code": code, "damage": found.damage, "unrated_links": found.unrated,
                 "trials": trials, "seed": seed, "expected_damage": told, "fallen": rows},
                json,
            )  # fmt: skip
            return
        sentence = _("{code}: {n} systems fall with it, damage {damage}.")
        print(sentence.format(code=code, n=len(rows), damage=found.damage))
        for row in rows:
            way = " → ".join(row["way"])
            print(f"{row['steps']}\t{row['estimate']:.3f}\t{row['code']}\t{way}")


@app.command("cuts", help=_("Print the cheapest cut, or the best one for a budget."))
def cuts(
    code: Annotated[
        str,
        typer.Argument(
            help=_("Code of the system that was broken into; absent: all that outsiders touch.")
        ),
    ] = "",
    protect: Annotated[
        list[str] | None, typer.Option(help=_("Code of a system to protect; may be repeated."))
    ] = None,
    budget: Annotated[
        int | None, typer.Option(min=0, help=_("The most that cutting may cost."))
    ] = None,
    json: Json = None,
) -> None:
    if not protect and budget is None:
        raise Refusal(_("Name a system with --protect, or a cost with --budget."))
    with standing_city():
        network = _network()
        _refuse_unknown(network, [*([code] if code else []), *(protect or [])])
        answer = (
            _cut(network, code or None, protect or [])
            if budget is None
            else _spending(network, code or None, protect or [], budget)
        )
        if json is not None:
            write_json(answer, json)
            return
        for link in answer["links"]:
            print(_("cut\t{name}").format(name=" → ".join(link)))
        for system in answer["systems"]:
            print(_("isolate\t{name}").format(name=system))
        print(_("Cost: {cost}").format(cost=answer["cost"]))
        if budget is not None:
            _print_saved(answer)


def _cut(network: "Network", code: str | None, protect: list[str]) -> dict[str, Any]:
    from madang.core.reach.cuts import NoCut, cheapest_cut

    try:
        cut = cheapest_cut(network, broken=code, protect=protect)
    except NoCut as none:
        way = " → ".join(network.systems[place].code for place in none.way)
        sentence = _("There is no cut: nothing on this way can be cut or isolated: {way}.")
        raise Refusal(sentence.format(way=way), exit_code=3) from none
    return _as_told(network, cut.cost, cut.links, cut.systems)


def _spending(
    network: "Network", code: str | None, protect: list[str], budget: int
) -> dict[str, Any]:
    from madang.core.reach.budget import TooLarge, spend

    try:
        spent = spend(network, broken=code, budget=budget, protect=protect)
    except TooLarge as large:
        sentence = _(
            "{pairs} links are within reach, too many to weigh against a budget; name what to "
            "protect and leave the budget out."
        )
        raise Refusal(sentence.format(pairs=large.pairs), exit_code=3) from large
    return {
        **_as_told(network, spent.cost, spent.links, spent.systems),
        "saved": spent.saved,
        "at_stake": spent.at_stake,
        "no_spending_saves_more_than": spent.most,
    }


def _as_told(
    network: "Network", cost: int, links: tuple[Any, ...], systems: tuple[int, ...]
) -> dict[str, Any]:
    return {
        "cost": cost,
        "links": [[link.source, link.target, str(link.trust)] for link in links],
        "systems": [network.systems[place].code for place in systems],
    }


def _print_saved(answer: dict[str, Any]) -> None:
    sentence = _("Kept safe: {saved} of {whole}.")
    print(sentence.format(saved=answer["saved"], whole=answer["at_stake"]))
    most = answer["no_spending_saves_more_than"]
    if most == answer["saved"]:
        print(_("No other choice of this cost keeps more safe."))
    else:
        print(_("Another choice might keep up to {most} safe.").format(most=most))


def _network() -> "Network":
    from madang.listen.network.queries import find_network

    network = find_network()
    if network is None:
        sentence = _("No system is registered yet; `madang network import` registers them.")
        raise Refusal(sentence, exit_code=3)
    return network


def _refuse_unknown(network: "Network", codes: list[str]) -> None:
    for code in codes:
        if code not in network.places:
            sentence = _("{code}: no registered system has this code.")
            raise Refusal(sentence.format(code=code))
