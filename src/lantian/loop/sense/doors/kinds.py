"""Every kind of file that this room takes."""

from lantian.loop.sense.doors.fires import FIRE_KINDS
from lantian.loop.sense.doors.micro import MICRO_KINDS
from lantian.loop.sense.doors.readings import READING_KINDS
from lantian.loop.sense.doors.records import FileKind
from lantian.loop.sense.doors.species import SPECIES_KINDS
from lantian.loop.sense.doors.weather import WEATHER_KINDS

SENSE_KINDS: tuple[FileKind, ...] = (*READING_KINDS, *WEATHER_KINDS, *FIRE_KINDS, *SPECIES_KINDS, *MICRO_KINDS)
