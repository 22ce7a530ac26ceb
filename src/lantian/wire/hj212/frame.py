"""Fields of one frame: the head at once, the data area when somebody asks for it.

Reading is lenient: whatever the sender did wrong becomes a fault, the raw bytes stay. A caller in a hurry looks at
`crc_ok`, `cn`, `mn`, `qn` and `flag`; `faults` and `verdict` also look into the data area.
"""

import re
from datetime import datetime

from lantian.terms.errors import PeerError
from lantian.wire.hj212.area import Area, clock_time, has_control, is_text, read_area
from lantian.wire.hj212.crc import TEXT, crc16, modbus16
from lantian.wire.hj212.editions import Edition, FlagBits, flag_bits
from lantian.wire.hj212.faults import Verdict, verdict_of
from lantian.wire.hj212.framing import FrameLimits, Framer, RawFrame
from lantian.wire.hj212.head import STRICT_LONGEST, read_head, strict_head
from lantian.wire.hj212.sm4 import decrypt_region, region_of, unprinted

_OPEN = b";CP=&&"
_LONGEST_CP = 950
_LARGEST_FLAG, _LARGEST_PART = 255, 9999
_GROUP = 16
_ST, _PW, _MN_2005 = 2, 6, 14
_GUESSED_2005 = frozenset({"mn_not_24_hex", "no_flag"})
"""Faults that a frame has only because it was not read as one of 2005."""
_OLD_MN = re.compile(r"[0-9A-Za-z]{14}")
_FIELD = re.compile(rb"\s*[0-9A-Za-z-]{1,60}\s*=")
"""How a data area begins, whoever wrote it: what another key makes of cipher does not."""
_QN, _CN, _MN = re.compile(r"[0-9]{17}"), re.compile(r"[0-9]{4}"), re.compile(r"[0-9A-F]{24}")
_ACTIVATION = "1001"
"""Its sender may not have a number yet."""


Keys = bytes | tuple[bytes, ...] | None
"""SM4 key of a device, or all that it may use."""


class Frame:
    """One frame, read.

    Attributes
    ----------
    raw_frame : RawFrame
        What the framer cut.
    segment : bytes
        The data segment; as plaintext when a key was given and it came encrypted.
    qn, st, cn, pw, mn : str
        Fields of the head, "" where the sender left one out.
    flag : FlagBits or None
        None when there is no Flag, or none that is a number of eight bits.
    pnum, pno : int or None
        Number of parts and the number of this part.
    rf : bool
        Whether the sender marks the data as sent late (RF=1).
    cp : bytes
        What stands between ``CP=&&`` and ``&&``, as plaintext.
    crc_ok : bool
        Whether the checksum fits, in either case of its letters; or fits as Modbus where that was allowed.
    encrypted : bool
        Whether the data area came encrypted and was decrypted.
    printed : bool
        Whether its cipher came as the standard prints it, ``{0xE4,0x3E}``, and not as raw bytes.
    key_place : int or None
        Which of the given keys opened it; None where none was needed or none fits.
    """

    __slots__ = (
        "_area",
        "_faults",
        "_given",
        "_guessed",
        "cn",
        "cp",
        "crc_ok",
        "encrypted",
        "flag",
        "head_faults",
        "key_place",
        "mn",
        "pno",
        "pnum",
        "printed",
        "pw",
        "qn",
        "raw_frame",
        "rf",
        "segment",
        "st",
    )

    raw_frame: RawFrame
    segment: bytes
    qn: str
    st: str
    cn: str
    pw: str
    mn: str
    flag: FlagBits | None
    pnum: int | None
    pno: int | None
    rf: bool
    cp: bytes
    crc_ok: bool
    encrypted: bool
    printed: bool
    key_place: int | None
    head_faults: tuple[str, ...]
    """Faults that are known without a look into the data area."""
    _given: Edition | None
    _guessed: Edition | None
    _area: Area | None
    _faults: tuple[str, ...] | None

    @property
    def raw(self) -> bytes:
        """The frame byte for byte as it came."""
        return self.raw_frame.raw

    @property
    def edition(self) -> Edition | None:
        """Edition the device is registered with, else the one its Flag names, else a guess, else None.

        Only 2005 is guessed: where there is no Flag, MN has 14 letters and digits, and the head has no fault at
        all as one of that edition.
        """
        return self._given or (self.flag.edition if self.flag else self._guessed)

    @property
    def head(self) -> dict[str, str]:
        """Fields before CP as sent, in order, by their standard names."""
        return read_head(self.segment).values

    @property
    def area(self) -> Area:
        """The data area, read once when it is first asked for."""
        if self._area is None:
            self._area = read_area(self.cp)
        return self._area

    @property
    def parameters(self) -> dict[str, str]:
        """Fields of the data area that belong to no factor."""
        return self.area.parameters

    @property
    def factors(self) -> dict[str, dict[str, str]]:
        """Factor code → suffix → value, as sent."""
        return self.area.factors

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Every field of the data area with its whole name, in order, also those that come twice."""
        return self.area.fields()

    @property
    def data_time(self) -> str | None:
        """DataTime as 14 digits of the sender's clock, or None without one that is a time."""
        text = self.parameters.get("DataTime", "")
        return text[:14] if clock_time(text) else None

    @property
    def sent_at(self) -> datetime | None:
        """QN as a time of the sender's clock, without a zone; None when it is no time."""
        return clock_time(self.qn)

    @property
    def faults(self) -> tuple[str, ...]:
        """Codes of `faults.FAULTS`, each once: frame, head, data area."""
        if self._faults is None:
            self._faults = tuple(dict.fromkeys(self.head_faults + self.area.faults))
        return self._faults

    @property
    def verdict(self) -> Verdict:
        """What becomes of the frame."""
        if self.crc_ok and "crc_is_modbus" in self.faults:  # allowed for this device
            worst = verdict_of(tuple(code for code in self.faults if code != "crc_is_modbus"))
            return Verdict.ACCEPT_WITH_WARNING if worst is Verdict.ACCEPT else worst
        return verdict_of(self.faults)

    def __repr__(self) -> str:
        return f"Frame(cn={self.cn!r}, mn={self.mn!r}, qn={self.qn!r}, crc_ok={self.crc_ok})"


def parse_frame(
    raw_frame: RawFrame,
    *,
    edition: Edition | None = None,
    key: Keys = None,
    accept_modbus: bool = False,
) -> Frame:
    """Read a frame that a `Framer` cut.

    Parameters
    ----------
    raw_frame : RawFrame
        The frame.
    edition : Edition, optional
        Edition that the device is registered with; Flag is only compared with it.
    key : bytes or tuple of bytes, optional
        SM4 key of the device, or all that it may use, the likeliest first; a data area that came in plain all the
        same is taken as it is. A key fits when the checksum does and the area begins with a field.
    accept_modbus : bool
        Take the checksum of Modbus too; a switch for one device, never for all.
    """
    frame = Frame()
    frame.raw_frame = raw_frame
    frame.encrypted = frame.printed = False
    frame.key_place = None
    frame._given, frame._guessed = edition, None
    frame._area = frame._faults = None
    segment = raw_frame.segment
    expected = TEXT[crc16(segment)]
    sent = raw_frame.crc_sent
    faults = raw_frame.faults
    frame.crc_ok = ok = expected == sent
    if key is not None:
        keys = key if isinstance(key, tuple) else (key,)
        cipher, (segment, frame.key_place) = segment, _plain(segment, sent, expected, keys)
        if frame.key_place is not None:
            frame.encrypted = frame.crc_ok = ok = True
            frame.printed = len(cipher) != len(segment)
            faults = _in_capitals(faults, sent)
    if not ok:
        faults = _crc_faults(frame, faults, segment, sent, expected, accept_modbus)
    frame.segment = segment
    end = segment.find(_OPEN, 0, STRICT_LONGEST)
    strict = None
    if end > 0 and segment[:3] == b"QN=" and segment[3:20].isdigit() and segment.endswith(b"&&", end + len(_OPEN)):
        strict = strict_head(segment[20:end])
    if strict is not None:
        frame.qn = segment[3:20].decode("ascii")
        frame.st, frame.cn, frame.pw, frame.mn, frame.flag, frame.pnum, frame.pno, frame.rf = strict
        frame.cp = segment[end + len(_OPEN) : -2]
    else:
        faults += _read_slowly(frame, segment, edition)
    frame.head_faults = faults + _disagreements(frame)
    if edition is None and frame.flag is None and _OLD_MN.fullmatch(frame.mn):
        _guess(frame)
    return frame


def parse(data: bytes, *, edition: Edition | None = None, key: Keys = None) -> Frame:
    r"""Read the one frame that these bytes are.

    Raises
    ------
    PeerError
        When they are no frame, or more than one, or hold something else beside it.

    Examples
    --------
    >>> frame = parse(b"##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;"
    ...     b"Flag=9;CP=&&&&2200\r\n")
    >>> frame.cn, frame.flag.edition.title, frame.verdict.value
    ('1011', 'HJ 212-2025', 'accept')
    """
    framer = Framer(FrameLimits())
    pieces = framer.feed(data) + framer.close()
    frames = [piece for piece in pieces if isinstance(piece, RawFrame)]
    rest = sum(len(piece.raw) for piece in pieces if not isinstance(piece, RawFrame) and piece.raw.strip())
    if len(frames) != 1 or rest:
        raise PeerError(
            "These {size} bytes hold {count} frames and {rest} bytes that belong to none. "
            "Give one frame, from ## to its line end, or feed a Framer.",
            size=len(data),
            count=len(frames),
            rest=rest,
        )
    return parse_frame(frames[0], edition=edition, key=key)


def _plain(segment: bytes, sent: bytes, expected: bytes, keys: tuple[bytes, ...]) -> tuple[bytes, int | None]:
    """Decrypt a data area with the first key that makes its checksum fit; say which one did."""
    raw = unprinted(segment)
    region = region_of(raw)
    if region is None:
        return segment, None
    start, end = region
    if expected == sent.upper() and raw is segment and is_text(segment[start:end]):
        return segment, None
    for place, key in enumerate(keys):
        area = decrypt_region(raw[start:end], key)
        plain = raw[:start] + area + raw[end:]
        # the checksum alone has 256 values: one wrong key in 256 would fit
        if TEXT[crc16(plain)] == sent.upper() and _FIELD.match(area) and not has_control(area.strip()):
            return plain, place
    return segment, None


def _guess(frame: Frame) -> None:
    """Take a frame without Flag for one of 2005 where that leaves nothing wrong with its head."""
    if _GUESSED_2005.issuperset(frame.head_faults):
        frame._guessed = Edition.HJ2005
        frame.head_faults = ()


def _in_capitals(faults: tuple[str, ...], sent: bytes) -> tuple[str, ...]:
    return faults if sent == sent.upper() else (*faults, "crc_lowercase")


def _crc_faults(
    frame: Frame, faults: tuple[str, ...], segment: bytes, sent: bytes, expected: bytes, accept_modbus: bool
) -> tuple[str, ...]:
    """Name what is wrong with a checksum that does not stand there as it should."""
    if sent.upper() == expected:
        frame.crc_ok = True
        return (*faults, "crc_lowercase")
    if int(sent, 16) == modbus16(segment):
        frame.crc_ok = accept_modbus
        return (*faults, "crc_is_modbus")
    region = region_of(segment)
    if region and region[1] - region[0] >= _GROUP and has_control(unprinted(segment)[region[0] :]):
        return (*faults, "cp_still_encrypted")
    return (*faults, "crc_mismatch")


def _read_slowly(frame: Frame, segment: bytes, edition: Edition | None) -> tuple[str, ...]:
    """Read a head that is not as the standard writes it; return its faults."""
    head = read_head(segment)
    values = head.values
    frame.qn, frame.st, frame.cn, frame.pw, frame.mn = (
        values.get(name, "") for name in ("QN", "ST", "CN", "PW", "MN")
    )
    flag = _number(values.get("Flag"), _LARGEST_FLAG)
    frame.flag = None if flag is None else flag_bits(flag)
    frame.pnum = _number(values.get("PNUM"), _LARGEST_PART)
    frame.pno = _number(values.get("PNO"), _LARGEST_PART)
    late = values.get("RF")
    frame.rf = late == "1"
    frame.cp = segment[head.start : head.end]
    faults = list(head.faults)
    if not values:
        return (*faults, "not_a_segment")
    if not (frame.qn and _QN.fullmatch(frame.qn)):
        faults.append("qn_not_17_digits" if frame.qn else "no_qn")
    if len(frame.st) != _ST:
        faults.append("st_not_2" if frame.st else "no_st")
    if not _CN.fullmatch(frame.cn):
        faults.append("cn_not_4_digits" if frame.cn else "no_cn")
    if not 0 < len(frame.pw) <= _PW:
        faults.append("pw_not_6" if frame.pw else "no_pw")
    faults += _mn_faults(frame, values, edition)
    if flag is None and ("Flag" in values or edition is not Edition.HJ2005):
        faults.append("flag_not_a_number" if "Flag" in values else "no_flag")
    if late is not None and late != "1":
        faults.append("rf_not_1")
    return tuple(faults)


def _mn_faults(frame: Frame, values: dict[str, str], edition: Edition | None) -> list[str]:
    """Faults of the device number, by the edition that the device is registered with."""
    mn = frame.mn
    if not mn:
        return [] if frame.cn == _ACTIVATION and "MN" in values else ["no_mn"]
    if edition is Edition.HJ2005:
        return [] if len(mn) == _MN_2005 else ["mn_not_14"]
    named = None if frame.flag is None else frame.flag.edition
    old = edition is None and named is Edition.HJ2005 and _OLD_MN.fullmatch(mn)
    return [] if old or _MN.fullmatch(mn) else ["mn_not_24_hex"]


def _disagreements(frame: Frame) -> tuple[str, ...]:
    """Faults that two fields make together."""
    flag = frame.flag
    faults: tuple[str, ...] = ()
    numbered = frame.pnum is not None or frame.pno is not None
    if numbered:
        if flag is None or not flag.split:
            faults += ("pnum_without_flag",)
        if frame.pnum is None or frame.pno is None or not 1 <= frame.pno <= frame.pnum:
            faults += ("pno_not_in_pnum",)
    elif flag is not None and flag.split:
        faults += ("flag_without_pnum",)
    if frame.rf and frame.edition in {Edition.HJ2005, Edition.HJ2017}:
        faults += ("rf_before_2025",)
    if frame._given is not None and flag is not None and flag.edition is not frame._given:
        faults += ("edition_differs",)
    if len(frame.cp) > _LONGEST_CP:
        faults += ("cp_oversize",)
    return faults


def _number(text: str | None, most: int) -> int | None:
    """Return the number that a field holds, or None."""
    if text is None or not text.isdecimal() or not text.isascii() or len(text) > len(str(most)):
        return None
    return int(text) if int(text) <= most else None
