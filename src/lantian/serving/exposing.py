"""What has to be so before a workspace is shown beyond this machine."""

import ipaddress

from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.accounts import needs_first_administrator
from lantian.ledger.models import OutsideLogin, User
from lantian.terms.errors import CallerError


def is_this_machine(host: str) -> bool:
    """Whether only programs of this machine reach an address.

    Examples
    --------
    >>> is_this_machine("127.0.0.1"), is_this_machine("localhost"), is_this_machine("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_exposed(ledger: Ledger, host: str, *, simulated: bool) -> None:
    """See that whoever may act here can prove who they are; of a demonstration the administrator is enough.

    Raises
    ------
    CallerError
        There is no administrator yet, or users without a password.
    """
    if needs_first_administrator(ledger):
        raise CallerError(
            "Beyond this machine, {host}, nobody may become the first administrator. Serve on 127.0.0.1 first, "
            "or run `lantian people password`.",
            host=host,
        )
    without = [] if simulated else without_password(ledger)
    if without:
        raise CallerError(
            "Before this is served on {host}, every user needs a password; {n} have none: {logins}. Give them "
            "one with `lantian people password`, or close them.",
            host=host,
            n=len(without),
            logins=", ".join(without[:10]),
        )


def without_password(ledger: Ledger) -> list[str]:
    """List the open logins that have neither a password nor a link to the office's login service."""
    linked = select(OutsideLogin.user_id).where(OutsideLogin.ended_at.is_(None))
    asked = select(User.login).where(
        User.closed_at.is_(None), User.password_hash.is_(None), User.id.not_in(linked)
    )
    with ledger.read() as session:
        return list(session.scalars(asked.order_by(User.login)))
