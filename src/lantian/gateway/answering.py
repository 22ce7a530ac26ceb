"""The answers that a frame gets at once (应答): 9014 for data, 9013 for notices and the heartbeat.

They are written from a template, because a busy gateway writes thousands a second; a test holds them to the codec.
"""

from functools import lru_cache

from lantian.wire.hj212.crc import TEXT, crc16

DATA, NOTICE = "9014", "9013"
_NOTICES = frozenset({"1001", "1013", "1014", "9015"})
"""What a device tells rather than reports."""
_ANSWERS = frozenset({"9011", "9012", "9013", "9014"})
_FLAGS = {2005: "0", 2017: "4", 2025: "8"}


def answer_command(command: str) -> str | None:
    """Return the command that answers one, or None where nothing does.

    Examples
    --------
    >>> answer_command("2061"), answer_command("9015"), answer_command("9012")
    ('9014', '9013', None)
    """
    if command in _ANSWERS:
        return None
    return NOTICE if command in _NOTICES else DATA


def answer(qn: str, command: str, password: str, mn: str, edition: int) -> bytes:
    r"""Write the answer to a frame.

    Parameters
    ----------
    qn, password, mn
        Of the frame that is answered.
    command
        9013 or 9014.
    edition
        2005, 2017 or 2025, as the device is registered.

    Examples
    --------
    >>> answer("20240601085857223", "9014", "123456", "010000A8900016F000169DC0", 2017)
    b'##0087QN=20240601085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&01C1\r\n'
    """
    segment = b"QN=%b%b" % (qn.encode("latin-1"), _rest(command, password, mn, edition))
    return b"##%04d%b%b\r\n" % (len(segment), segment, TEXT[crc16(segment)])


@lru_cache(maxsize=65_536)
def _rest(command: str, password: str, mn: str, edition: int) -> bytes:
    text = f";ST=91;CN={command};PW={password};MN={mn};Flag={_FLAGS[edition]};CP=&&&&"
    return text.encode("latin-1", "replace")
