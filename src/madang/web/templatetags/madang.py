"""What every page may use: texts in the reader's language, marks, and the parts of a page.

Filters spell one value, tags print one part; neither reads the database or the clock.
The arguments of each part stand on top of its template in templates/web/parts.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.dates import format_date, format_datetime
from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from madang.ground.block import Stage
from madang.web import charts, korean
from madang.web.languages import lang, spoken

register = template.Library()
register.filter(lang)
register.filter(spoken)

BADGE_TONES = ("neutral", "open", "waiting", "done", "stopped")
NOTICE_TONES = ("info", "success", "warn", "error", "simulated")
# A day and a moment; a language not named here is spelled as Babel spells it.
_DATE_PATTERNS = {
    "ko": ("y. M. d.(EEE)", "y. M. d.(EEE) HH:mm"),
    "en": ("EEE d MMM y", "EEE d MMM y, HH:mm"),
}
_STAGE_TEXTS: dict[Stage, tuple[Promise, Promise]] = {
    Stage.LISTEN: (_("Listen"), _("Citizens and sensors speak, and are heard.")),
    Stage.DECIDE: (_("Decide"), _("The city chooses, and says why.")),
    Stage.ACT: (_("Act"), _("Money and work move, and leave evidence.")),
    Stage.MEASURE: (_("Measure"), _("What changed is checked and told again.")),
}


def _in_korean() -> bool:
    return (translation.get_language() or "").startswith("ko")


# Dates, numbers and words in the reader's language


@register.filter
def day(value: date) -> str:
    """2020. 5. 21.(목) or Thu 21 May 2020; a datetime in the city's time zone."""
    return _spell(value, 0)


@register.filter
def moment(value: datetime) -> str:
    """2020. 5. 21.(목) 14:30 or Thu 21 May 2020, 14:30, in the city's time zone."""
    return _spell(value, 1)


@register.simple_tag
def when(value: date) -> SafeString:
    """A <time> element with `day` of a date or `moment` of a datetime."""
    text = moment(value) if isinstance(value, datetime) else day(value)
    return format_html('<time datetime="{}">{}</time>', _here(value).isoformat(), text)


def _spell(value: date, with_time: int) -> str:
    # Babel, for Django's Korean has no short weekdays: it would say (목요일).
    locale = Locale.parse(translation.get_language() or "en", sep="-")
    here = _here(value)
    whole = here if isinstance(here, datetime) else datetime.combine(here, time())
    patterns = _DATE_PATTERNS.get(locale.language)
    if patterns:
        return format_datetime(whole, patterns[with_time], locale=locale)
    spell = format_datetime if with_time else format_date
    return spell(whole, format="medium", locale=locale)


def _here(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) and value.tzinfo else value


@register.filter
def time_left(until: datetime, now: datetime) -> str:
    """3일 남음 or 3 days left, rounded down so that nothing is promised; 마감 or Ended."""
    left = until - now
    if left <= timedelta(0):
        return gettext("Ended")
    if left.days:
        return ngettext("%(n)d day left", "%(n)d days left", left.days) % {"n": left.days}
    hours, minutes = left.seconds // 3600, left.seconds // 60
    if hours:
        return ngettext("%(n)d hour left", "%(n)d hours left", hours) % {"n": hours}
    if minutes:
        return ngettext("%(n)d minute left", "%(n)d minutes left", minutes) % {"n": minutes}
    return gettext("Less than a minute left")


@register.filter
def won(amount_krw: int) -> str:
    """3억 2,000만 원 or KRW 320,000,000: exact in both, never rounded."""
    if isinstance(amount_krw, bool) or not isinstance(amount_krw, int):
        raise TypeError(f"money is a whole number of won, not {amount_krw!r}")
    if _in_korean():
        return korean.won_in_korean(amount_krw)
    return ("−" if amount_krw < 0 else "") + f"KRW {abs(amount_krw):,}"


@register.filter
def whole(number: int) -> str:
    """A count with its thousands set apart: 12,345."""
    return number_format(number, decimal_pos=0, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: float, places: int = 0) -> str:
    """A share from 0 to 1 as 62%; a little more than nothing is never written as 0%."""
    if not 0 <= share <= 1:
        raise ValueError(f"{share!r} is no share between 0 and 1")
    exact, step = Decimal(str(share)) * 100, Decimal(1).scaleb(-places)
    rounded = exact.quantize(step, ROUND_HALF_UP)
    text = number_format(rounded, decimal_pos=places, use_l10n=True)
    if rounded == 0 < exact:
        return gettext("under %(percent)s%%") % {"percent": number_format(step, places)}
    if exact < 100 == rounded:
        return gettext("over %(percent)s%%") % {"percent": number_format(100 - step, places)}
    return f"{text}%"


@register.filter
def josa(word: object, pair: str) -> str:
    """The word with its particle, {{ name|josa:"을/를" }}; outside Korean the word alone."""
    return korean.with_particle(str(word), pair) if _in_korean() else str(word)


# Marks and stages


@register.simple_tag
def mark(name: str, css: str = "") -> SafeString:
    """One of our marks from static/web/marks.svg, for the eye only: words must stand beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>',
        f"mark {css}".rstrip(),
        f"{static('web/marks.svg')}#{name}",
    )


@register.filter
def stage_label(stage: str | Stage) -> str:
    """경청, 결정, 실행, 측정."""
    return str(_STAGE_TEXTS[Stage(stage)][0])


@register.inclusion_tag("web/parts/loop.html")
def loop(current: str | Stage = "") -> dict[str, object]:
    """The four stages in order, the current one marked."""
    here = Stage(current) if current else None
    return {
        "stages": [
            {"name": stage.value, "label": label, "sentence": sentence, "current": stage is here}
            for stage, (label, sentence) in _STAGE_TEXTS.items()
        ]
    }


# Parts


@register.inclusion_tag("web/parts/badge.html")
def badge(label: str, tone: str = "neutral") -> dict[str, object]:
    """A status in words, with a shape and a colour of its own."""
    if tone not in BADGE_TONES:
        raise ValueError(f"a badge's tone is one of {BADGE_TONES}, not {tone!r}")
    return {"label": label, "tone": tone}


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    """{% notice "warn" title %}…{% endnotice %}: a note that stands out from the text."""
    if tone not in NOTICE_TONES:
        raise ValueError(f"a notice's tone is one of {NOTICE_TONES}, not {tone!r}")
    context = {"content": content, "tone": tone, "title": title}
    return render_to_string("web/parts/notice.html", context)


@register.simple_block_tag
def data_table(content: str, caption: str, *, show_caption: bool = True) -> SafeString:
    """{% data_table caption %}<thead>…<tbody>…{% enddata_table %}, scrolled by keyboard too."""
    context = {"content": content, "caption": caption, "show_caption": show_caption}
    return render_to_string("web/parts/table.html", context)


@register.inclusion_tag("web/parts/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, object]:
    """How far along: `done` of `total`, in words and as a bar."""
    if not 0 <= done <= total:
        raise ValueError(f"{done} done of {total}")
    return {"done": done, "total": total, "label": label}


@register.inclusion_tag("web/parts/budget_bar.html")
def budget_bar(spent_krw: int, budget_krw: int, label: str) -> dict[str, object]:
    """What is spent of a budget; what goes beyond it shows as such."""
    if spent_krw < 0 or budget_krw <= 0:
        raise ValueError(f"{spent_krw} won spent of a budget of {budget_krw}")
    within, beyond = min(spent_krw, budget_krw), max(0, spent_krw - budget_krw)
    return {
        "label": label,
        "spent_krw": spent_krw,
        "budget_krw": budget_krw,
        "left_krw": budget_krw - within,
        "beyond_krw": beyond,
        "segments": charts.split_bar(
            [("part", within), ("over", beyond), ("", budget_krw - within)]
        ),
    }


@register.inclusion_tag("web/parts/vote_shares.html")
def vote_shares(agree: int, disagree: int, passed: int, label: str = "") -> dict[str, object]:
    """How many agreed, disagreed and passed, in words and as one bar."""
    votes = [("agree", agree), ("disagree", disagree), ("pass", passed)]
    total = agree + disagree + passed
    names = {"agree": _("Agree"), "disagree": _("Disagree"), "pass": _("Pass")}
    return {
        "label": label,
        "total": total,
        "segments": charts.split_bar(votes),
        "votes": [
            {"name": name, "label": names[name], "count": count, "share": count / (total or 1)}
            for name, count in votes
        ],
    }


@register.inclusion_tag("web/parts/pager.html")
def pager(page: Page[object], query: str = "") -> dict[str, object]:
    """Links to the pages before and after; query: the rest of the address, as in "sort=new&"."""
    return {"page": page, "query": query}


# Forms


@register.inclusion_tag("web/parts/field.html")
def field(bound: BoundField) -> dict[str, object]:
    """A field with its label, help and errors, tied together for screen readers."""
    single_choice = isinstance(bound.field.widget, CheckboxInput)
    kind = "choice" if single_choice else "group" if bound.use_fieldset else "input"
    return {"field": bound, "kind": kind}


@register.inclusion_tag("web/parts/fields.html")
def fields(form: BaseForm) -> dict[str, object]:
    """A whole form's errors and fields; the <form>, its token and its buttons stay the page's."""
    return {"form": form}


@register.inclusion_tag("web/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """Everything that is wrong, on top, each with a link to its field."""
    return {"errors": list(_errors(form))}


def _errors(form: BaseForm) -> Iterator[tuple[str, str]]:
    for text in form.non_field_errors():
        yield "", str(text)
    for bound in form:
        # A group of choices has no id of its own; its first choice has.
        anchor = bound.id_for_label or f"{bound.auto_id}_0"
        for text in bound.errors:
            yield ("" if bound.is_hidden else anchor), f"{str(bound.label).rstrip('.:')}: {text}"
