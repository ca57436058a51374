"""People who come from another system, many at once: judged, decided on, written, and told row by row."""

from daemun.features.people.importing.flow import ImportPeople
from daemun.features.people.importing.models import Came, Outcome, Tally, Terms
from daemun.features.people.importing.store import about, forget

__all__ = ["Came", "ImportPeople", "Outcome", "Tally", "Terms", "about", "forget"]
