"""What the ground asks people to agree to about themselves."""

from madang.ground.consent.public import ConsentText, asked
from madang.ground.words import marked as _

RESIDENCY = asked(
    ConsentText(
        purpose="identity.residency",
        version=1,
        title=_("The district you live in"),
        asks=_("I agree that the city keeps the district I live in"),
        why=_("Why: only residents vote, and some ballots are for one district."),
        what=_("What: the district, how you showed it, and when; never your address."),
        until=_("Until when: as long as you have an account, or until you take this back."),
        refusal=_("You may say no. You can then read everything, but not vote or write."),
        fields=("identity.Residency.district",),
        is_needed=True,
    )
)
