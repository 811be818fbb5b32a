"""Bulk: any number of rows as one JSON parameter, so that one statement stores them all.

A parameter for each value costs more than all the rest of an answer, and a statement for each row waits for Python's
lock each time.
"""

from collections.abc import Iterable
from typing import Any

import orjson
import sqlalchemy as sa


def values() -> sa.ColumnElement[Any]:
    """Select each value of the array bound as `rows`."""
    return sa.func.json_each(sa.bindparam("rows", type_=sa.Text)).table_valued("value").c.value


def fields(count: int) -> list[sa.ColumnElement[Any]]:
    """Select the first fields of each row of the array of arrays bound as `rows`."""
    row = values()
    return [sa.func.json_extract(row, f"$[{place}]") for place in range(count)]


def written(rows: Iterable[object]) -> str:
    """Write what is bound as `rows`."""
    return orjson.dumps(list(rows)).decode()
