"""Who has which user name, and until when nobody else may have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from scenarios_app.moments import ALWAYS, NEVER
from scenarios_app.story.usernames import (
    AccountClosed,
    AccountEvent,
    AccountId,
    AccountOpened,
    Username,
    UsernameChanged,
)
from storyline import Recorded

RETENTION = timedelta(days=3)


@dataclass(frozen=True)
class Names:
    reserved_until: Mapping[Username, datetime] = field(default_factory=dict[Username, datetime])
    of_accounts: Mapping[AccountId, Username] = field(default_factory=dict[AccountId, Username])

    def is_free(self, username: Username, at: datetime) -> bool:
        return self.reserved_until.get(username, NEVER) < at

    def is_of(self, account_id: AccountId, username: Username) -> bool:
        return self.of_accounts.get(account_id) == username

    def taken(self, account_id: AccountId, username: Username) -> Names:
        return Names(
            {**self.reserved_until, username: ALWAYS}, {**self.of_accounts, account_id: username}
        )

    def given_up(self, account_id: AccountId, username: Username, at: datetime) -> Names:
        accounts = {id: name for id, name in self.of_accounts.items() if id != account_id}
        return Names({**self.reserved_until, username: at + RETENTION}, accounts)


def learn(names: Names, event: Recorded[AccountEvent]) -> Names:
    match event.data:
        case AccountOpened(account_id=account, username=taken):
            return names.taken(account, taken)
        case UsernameChanged(account_id=account, old_username=old, new_username=new, at=at):
            return names.given_up(account, old, at).taken(account, new)
        case AccountClosed(account_id=account, username=old, at=at):
            return names.given_up(account, old, at)
        case _:
            assert_never(event.data)
