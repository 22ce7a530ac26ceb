"""A message as the text of a data segment, unchecked."""

from collections.abc import Mapping

from lantian.wire.hj212.message import Message


def segment_of(message: Message) -> bytes:
    """Write the data segment of a message, whatever it says.

    Examples
    --------
    >>> from lantian.wire.hj212.editions import flag_bits
    >>> segment_of(Message(cn="9014", st="91", mn="1", pw="123456", qn="2", flag=flag_bits(4)))
    b'QN=2;ST=91;CN=9014;PW=123456;MN=1;Flag=4;CP=&&&&'
    """
    head = [
        f"QN={message.qn};ST={message.st};CN={message.cn};PW={message.pw};MN={message.mn};Flag={message.flag.value}"
    ]
    if message.pnum is not None:
        head.append(f"PNUM={message.pnum};PNO={message.pno}")
    if message.rf:
        head.append("RF=1")
    head.append(f"CP=&&{area_text(message)}&&")
    return ";".join(head).encode("utf-8")


def area_text(message: Message) -> str:
    """Write what stands between the marks of CP: fields of a factor joined by a comma, all else by a semicolon."""
    plain = [f"{name}={value}" for name, value in message.parameters.items()]
    return ";".join([*plain, *(factor_text(code, group) for code, group in message.factors.items())])


def factor_text(code: str, group: Mapping[str, str]) -> str:
    """Write the fields of one factor as they stand in the data area."""
    return ",".join(f"{code}-{name}={value}" for name, value in group.items())
