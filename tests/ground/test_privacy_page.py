"""What is kept about you: the page and the command say what the models declare."""

import pytest
from django.test import Client
from django.utils import translation

from madang.ground.privacy.declared import held_by

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("prefix", "says"),
    [
        ("", ["2년까지", "시의 공적 업무", "GDPR 6(1)(e), PIPA 15(1)(3)"]),
        ("/en", ["The district you live in", "Two years after", "GDPR 6(1)(e), PIPA 15(1)(3)"]),
    ],
)
def test_the_page_says_what_why_by_which_right_and_how_long(
    client: Client, prefix: str, says: list[str]
) -> None:
    with translation.override("ko"):  # what a request speaks stays with the thread
        text = client.get(f"{prefix}/about/privacy").content.decode()
    for each in says:
        assert each in text
    assert text.count('<tr><th scope="row">') == len(held_by())
