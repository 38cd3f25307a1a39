"""Creates, lists, changes and undoes with the client that openapi-python-client made."""

import datetime
import os
from http import HTTPStatus
from uuid import uuid4

from expense_client import AuthenticatedClient
from expense_client.api.changes import list_changes, undo_change
from expense_client.api.expenses import create_expense, get_expense, list_expenses, update_expense
from expense_client.models import ChangeSort, Expense, ExpensePatch, NewExpense, OpenTo, Problem
from expense_client.types import UNSET

client = AuthenticatedClient(base_url=os.environ["EXPENSE_URL"], token=os.environ["EXPENSE_TOKEN"])
book = "default"
day = datetime.date(2026, 11, 21)


def create(key: str):
    body = NewExpense(date=day, amount="12.50", category="Food", payee="python", tags=["clients"])
    return create_expense.sync_detailed(book, client=client, body=body, idempotency_key=key)


key = uuid4().hex
made = create(key)
assert made.status_code == HTTPStatus.CREATED, made.content
row = made.parsed
assert isinstance(row, Expense) and row.amount == "12.50" and row.account_id is None and row.tags == ["clients"], row
assert made.headers["location"].endswith(str(row.id)), made.headers

again = create(key)
assert again.parsed == row and again.headers["idempotency-replayed"] == "true", again.headers

page = list_expenses.sync(book, client=client, from_=day, to=day, payee="python", limit=5)
assert [item.id for item in page.items] == [row.id] and page.next_cursor is None, page

patch = ExpensePatch(amount="13.00", note="with Ana", payee=None)
changed = update_expense.sync(book, row.id, client=client, body=patch, if_match=made.headers["etag"])
assert isinstance(changed, Expense) and changed.version == 2 and changed.payee is None, changed
late = update_expense.sync(book, row.id, client=client, body=patch, if_match=made.headers["etag"])
assert isinstance(late, Problem) and late.code == "stale-version", late
assert late.current is not UNSET and late.current["amount"] == "13.00", late

latest = list_changes.sync(book, client=client, mine=True, open_to=OpenTo.UNDO, sort=ChangeSort.VALUE_1, limit=1)
undone = undo_change.sync(book, latest.items[0].rev, client=client)
assert undone.restored == 1 and undone.is_done, undone
back = get_expense.sync(book, row.id, client=client)
assert (back.amount, back.payee, back.note) == ("12.50", "python", None), back
print("created, listed, changed and undone")
