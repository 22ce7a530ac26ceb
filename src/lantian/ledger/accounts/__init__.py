"""Accounts: how people and their programs come in, stay in and go (账户).

Passwords, sessions, tokens, the first administrator, and links to a login service outside. Secrets are handed
out once; the ledger keeps digests. Every decision about an account leaves an entry in the chain: no secret, no
address, no name of a person.
"""

from lantian.ledger.accounts.first import (
    first_code,
    make_first_administrator,
    make_first_administrator_by_code,
    needs_first_administrator,
)
from lantian.ledger.accounts.logging_in import change_password, log_in, set_password
from lantian.ledger.accounts.outside import Claimed, link_outside, log_in_outside, unlink_outside
from lantian.ledger.accounts.passwords import check_password, random_password
from lantian.ledger.accounts.rules import RULES, AccountRules
from lantian.ledger.accounts.sessions import (
    Account,
    LoggedIn,
    Refused,
    SessionCard,
    account_of,
    csrf_of,
    end_session,
    end_sessions,
    list_sessions,
    list_sessions_of,
    log_out,
    open_session,
)
from lantian.ledger.accounts.tokens import (
    TokenCard,
    TokenScope,
    list_tokens,
    make_token,
    revoke_token,
    token_account,
)

__all__ = [
    "RULES",
    "Account",
    "AccountRules",
    "Claimed",
    "LoggedIn",
    "Refused",
    "SessionCard",
    "TokenCard",
    "TokenScope",
    "account_of",
    "change_password",
    "check_password",
    "csrf_of",
    "end_session",
    "end_sessions",
    "first_code",
    "link_outside",
    "list_sessions",
    "list_sessions_of",
    "list_tokens",
    "log_in",
    "log_in_outside",
    "log_out",
    "make_first_administrator",
    "make_first_administrator_by_code",
    "make_token",
    "needs_first_administrator",
    "open_session",
    "random_password",
    "revoke_token",
    "set_password",
    "token_account",
    "unlink_outside",
]
