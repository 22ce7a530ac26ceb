"""What can be wrong with a frame, how bad it is, which rule it breaks, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from lantian.terms.words import mark


class Severity(StrEnum):
    """How bad a fault is."""

    NOTE = "note"
    """Worth knowing; the frame is as good as any other."""
    WARNING = "warning"
    """The standard is broken, the meaning is clear; the frame is taken."""
    REJECT = "reject"
    """The frame cannot be trusted or understood; its bytes are kept, its values are not used."""


class Verdict(StrEnum):
    """What becomes of a frame."""

    ACCEPT = "accept"
    ACCEPT_WITH_WARNING = "accept_with_warning"
    REJECT_CRC = "reject_crc"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault; `rule`, `meaning` and `remedy` are message ids that a door translates."""

    code: str
    severity: Severity
    edition: str
    """Editions whose rule is broken."""
    rule: str
    """Where the rule stands."""
    meaning: str
    remedy: str


ALL_EDITIONS = "2005, 2017, 2025"
SINCE_2017 = "2017, 2025"

_ASK_VENDOR = mark("Ask the vendor of the logger to mend its firmware.")
_CHECK_LINE = mark("Ask for the record again by a history command; check the line when it repeats.")
_CHECK_LOGGER = mark("Check the settings of the logger against its registration.")

_ROWS: tuple[tuple[str, Severity, str, str, str, str], ...] = (
    # ------------------------------------------------------------------------------------------ frame
    ("crc_mismatch", Severity.REJECT, ALL_EDITIONS, mark("CRC over the data segment, Annex A"),
     mark("The checksum does not belong to the data segment: bytes were changed on the way or by hand."),
     _CHECK_LINE),
    ("crc_is_modbus", Severity.REJECT, ALL_EDITIONS, mark("CRC over the data segment, Annex A"),
     mark("The checksum is that of Modbus, not that of HJ 212."),
     mark("Ask the vendor to mend it; until then switch on the Modbus checksum for this device only.")),
    ("crc_lowercase", Severity.WARNING, ALL_EDITIONS, mark("CRC in upper case in all examples"),
     mark("The checksum is right, its letters are small."), _ASK_VENDOR),
    ("no_crlf", Severity.WARNING, ALL_EDITIONS, mark("Tail CR LF"),
     mark("The frame does not end with CR LF."), _ASK_VENDOR),
    ("length_mismatch", Severity.WARNING, ALL_EDITIONS, mark("Length of the data segment, four digits"),
     mark("The length field is wrong; the frame was found by its checksum and its end."),
     mark("Ask the vendor to count the bytes, not the characters, of the data segment alone.")),
    ("oversize", Severity.WARNING, ALL_EDITIONS, mark("Data segment of up to 1024 bytes"),
     mark("The data segment is longer than the standard allows."),
     mark("Ask the vendor to split its messages; nothing is lost meanwhile.")),
    ("cp_oversize", Severity.WARNING, SINCE_2017, mark("CP of up to 950 bytes"),
     mark("The data area is longer than the standard allows."),
     mark("Ask the vendor to split its messages; nothing is lost meanwhile.")),
    # ------------------------------------------------------------------------------------------ head
    ("not_a_segment", Severity.REJECT, ALL_EDITIONS, mark("Data segment of name=value fields"),
     mark("There is no field in the data segment."), _CHECK_LINE),
    ("no_cn", Severity.REJECT, ALL_EDITIONS, mark("CN, the command, is required"),
     mark("No command: nobody can know what the frame wants."), _ASK_VENDOR),
    ("cn_not_4_digits", Severity.REJECT, ALL_EDITIONS, mark("CN of four digits"),
     mark("The command is not a number of four digits."), _ASK_VENDOR),
    ("no_qn", Severity.WARNING, ALL_EDITIONS, mark("QN, the number of the exchange, is required"),
     mark("No QN: an answer cannot say what it answers."), _ASK_VENDOR),
    ("qn_not_17_digits", Severity.WARNING, ALL_EDITIONS, mark("QN of 17 digits, a time to the millisecond"),
     mark("QN is not a time of 17 digits; it is answered as it came."), _ASK_VENDOR),
    ("no_st", Severity.WARNING, ALL_EDITIONS, mark("ST, the system, is required"),
     mark("No system code."), _ASK_VENDOR),
    ("st_not_2", Severity.WARNING, ALL_EDITIONS, mark("ST of two characters"),
     mark("The system code does not have two characters."), _CHECK_LOGGER),
    ("no_pw", Severity.WARNING, ALL_EDITIONS, mark("PW, the password, is required"),
     mark("No password."), _CHECK_LOGGER),
    ("pw_not_6", Severity.WARNING, ALL_EDITIONS, mark("PW of up to six characters"),
     mark("The password is longer than six characters."), _CHECK_LOGGER),
    ("no_mn", Severity.WARNING, ALL_EDITIONS, mark("MN, the device, is required; only 1001 may leave it empty"),
     mark("The frame does not say which device sent it."), _CHECK_LOGGER),
    ("mn_not_24_hex", Severity.WARNING, SINCE_2017, mark("MN of 24 characters 0-9 A-F"),
     mark("The device number does not have the form of the standard."),
     mark("Register the device with the number that it really sends.")),
    ("mn_not_14", Severity.WARNING, "2005", mark("MN of 14 characters"),
     mark("The device number does not have the form of the edition of 2005."),
     mark("Register the device with the number that it really sends.")),
    ("no_flag", Severity.WARNING, SINCE_2017, mark("Flag is required"),
     mark("No Flag: the sender does not say whether it wants an answer."), _ASK_VENDOR),
    ("flag_not_a_number", Severity.WARNING, ALL_EDITIONS, mark("Flag from 0 to 255"),
     mark("Flag is not a number of eight bits and is left aside."), _ASK_VENDOR),
    ("edition_differs", Severity.NOTE, SINCE_2017, mark("Bits 7 to 2 of Flag: the edition"),
     mark("Flag names another edition than the one the device is registered with."),
     mark("Keep the registration, or correct it when the logger was upgraded.")),
    ("pnum_without_flag", Severity.WARNING, ALL_EDITIONS, mark("PNUM and PNO only with bit 1 of Flag"),
     mark("Part numbers, but Flag does not say that this is a part."), _ASK_VENDOR),
    ("flag_without_pnum", Severity.WARNING, ALL_EDITIONS, mark("PNUM and PNO with bit 1 of Flag"),
     mark("Flag says that this is a part, but there is no part number."), _ASK_VENDOR),
    ("pno_not_in_pnum", Severity.WARNING, ALL_EDITIONS, mark("PNO from 1 to PNUM"),
     mark("The part number is not one of the parts."), _ASK_VENDOR),
    ("rf_before_2025", Severity.NOTE, "2017", mark("RF exists since the edition of 2025"),
     mark("The late mark on a line of an older edition; it is believed."), _CHECK_LOGGER),
    ("rf_not_1", Severity.WARNING, "2025", mark("RF=1 or no RF"),
     mark("RF carries something else than 1."), _ASK_VENDOR),
    ("head_unknown_field", Severity.WARNING, ALL_EDITIONS, mark("Fields of the data segment"),
     mark("A field before CP that the standard does not know; it stays in the raw bytes."), _ASK_VENDOR),
    ("head_case", Severity.WARNING, ALL_EDITIONS, mark("Names of fields are case sensitive"),
     mark("The name of a field before CP is written in other letters; it is read all the same."), _ASK_VENDOR),
    ("head_separator", Severity.WARNING, ALL_EDITIONS, mark("Fields of the data segment separated by ;"),
     mark("Two fields before CP are not separated, or separated by a comma."), _ASK_VENDOR),
    ("head_blank", Severity.WARNING, ALL_EDITIONS, mark("No blanks in the data segment"),
     mark("Blanks around a field before CP."), _ASK_VENDOR),
    ("head_twice", Severity.WARNING, ALL_EDITIONS, mark("Each field of the data segment once"),
     mark("A field before CP comes twice; the first counts."), _ASK_VENDOR),
    # ------------------------------------------------------------------------------------------ CP
    ("no_cp", Severity.WARNING, ALL_EDITIONS, mark("CP=&&...&& is required"),
     mark("No data area."), _ASK_VENDOR),
    ("cp_not_closed", Severity.WARNING, ALL_EDITIONS, mark("CP=&&...&&"),
     mark("The data area is not closed by &&."), _ASK_VENDOR),
    ("cp_blank", Severity.WARNING, ALL_EDITIONS, mark("No blanks in CP"),
     mark("Blanks or line ends around a field of the data area; they are left aside."), _ASK_VENDOR),
    ("cp_not_utf8", Severity.WARNING, ALL_EDITIONS, mark("Chinese characters in UTF-8"),
     mark("The text of the data area is not UTF-8; it was read as GB 18030, or byte by byte."), _ASK_VENDOR),
    ("cp_not_a_field", Severity.WARNING, ALL_EDITIONS, mark("CP of name=value fields"),
     mark("Something in the data area has no name or no equals sign; it stays in the raw bytes."), _ASK_VENDOR),
    ("cp_twice", Severity.WARNING, ALL_EDITIONS, mark("Each field of CP once"),
     mark("A field of the data area comes twice with two values; the last counts, all are kept in order."),
     _ASK_VENDOR),
    ("orphan_Flag_in_cp", Severity.WARNING, ALL_EDITIONS, mark("xxxxxx-Flag: a data flag belongs to a factor"),
     mark("A data flag without a factor: nobody knows which value it judges."), _ASK_VENDOR),
    ("orphan_value_in_cp", Severity.WARNING, ALL_EDITIONS, mark("xxxxxx-Rtd and the like belong to a factor"),
     mark("A value without a factor: nobody knows what was measured."), _ASK_VENDOR),
    ("data_time_not_14", Severity.WARNING, ALL_EDITIONS, mark("DataTime of 14 digits"),
     mark("DataTime does not have 14 digits; the first 14 are read when there are more."), _ASK_VENDOR),
    ("data_time_no_time", Severity.WARNING, ALL_EDITIONS, mark("DataTime YYYYMMDDhhmmss"),
     mark("DataTime is no time of any calendar; the values have no place."), _ASK_VENDOR),
    ("cp_still_encrypted", Severity.REJECT, "2025", mark("CP encrypted by SM4, 6.4.2"),
     mark("The data area is not text: it is encrypted and no key, or another key, is registered."),
     mark("Register the key of the device, or ask it for a new one by command 1014.")),
)  # fmt: skip

FAULTS: dict[str, Fault] = {row[0]: Fault(*row) for row in _ROWS}
"""Code → fault; docs/wire.md prints this table."""

_CRC = frozenset({"crc_mismatch", "crc_is_modbus"})


def verdict_of(codes: tuple[str, ...]) -> Verdict:
    """Judge a frame by its faults.

    Examples
    --------
    >>> verdict_of(("crc_lowercase",)).value
    'accept_with_warning'
    """
    if not codes:
        return Verdict.ACCEPT
    if not _CRC.isdisjoint(codes):
        return Verdict.REJECT_CRC
    worst = {FAULTS[code].severity for code in codes}
    if Severity.REJECT in worst:
        return Verdict.REJECT
    return Verdict.ACCEPT_WITH_WARNING if Severity.WARNING in worst else Verdict.ACCEPT
