"""A server on this machine that plays the services of a workspace, from its actions and their contracts."""

from callsheet.emulator.faults import FAULTS, Faults
from callsheet.emulator.reloading import Reloader, state_of
from callsheet.emulator.server import Emulator
from callsheet.emulator.standins import Standins, way_to

__all__ = ["FAULTS", "Emulator", "Faults", "Reloader", "Standins", "state_of", "way_to"]
