"""The door: tell what a block holds of a person, note a look, and follow a request."""

from madang.ground.rights.held import Held, pauses, tells
from madang.ground.rights.looks import By, Look, looks_at_people
from madang.ground.rights.queries import RequestCard, request_to_follow, requests_of, tally
from madang.ground.rights.rules import Kind, State
from madang.ground.rights.services import note_look

__all__ = [
    "By",
    "Held",
    "Kind",
    "Look",
    "RequestCard",
    "State",
    "looks_at_people",
    "note_look",
    "pauses",
    "request_to_follow",
    "requests_of",
    "tally",
    "tells",
]
