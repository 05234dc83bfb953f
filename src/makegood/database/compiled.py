"""Queries that are asked very often: Django makes their SQL once per process instead of at every call.

Making the SQL of a query takes Django longer than PostgreSQL takes to answer it. Where a query's shape never changes,
write it as a function of its values and put `compiled` above it:

    @compiled
    def _lesson(school_id: int, lesson_id: int) -> QuerySet[Lesson]:
        return Lesson.objects.select_related("teacher").filter(school_id=school_id, pk=lesson_id)

    lesson = _lesson.first(school_id=1, lesson_id=2)

The function itself runs once, with a stand-in for each value, and its SQL is kept. A call sends the SQL with its own
values and makes rows of the answer just as the queryset would. So a value may stand wherever a queryset takes an
expression: not None (write `ended_at=None` into the function), and a collection only by `is_any_of`.

A change of rows is written the same way, as the rows and what changes; there a value may be None:

    @compiled_update
    def _ended(school_id: int, case_id: int, now: datetime) -> Change:
        return DeskCase.objects.filter(school_id=school_id, pk=case_id, ended_at=None), {"ended_at": now}

    changed = _ended(school_id=1, case_id=2, now=now)

What the function itself fixes, such as a status, is written into the SQL. PostgreSQL then keeps one plan for it and may
use an index of just those rows; for a status among the parameters it would plan at every call.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, Generic, ParamSpec, TypeAlias, TypeVar
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.base import ModelState
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable
from django.db.models.sql.subqueries import UpdateQuery
from django.db.transaction import TransactionManagementError
from psycopg.types.numeric import Int8

from makegood.database.statements import Statement, change, fetch

Asked = ParamSpec("Asked")
Row = TypeVar("Row")
_MARK: Final = re.compile(r"(?<!%)%s")
# The first number that is too great for a column of numbers.
_BEYOND: Final = 2**63
_SINGLE: Final = frozenset({int, str, bool, datetime, UUID})
# So many values of a collection are parameters of their own; more are one array. PostgreSQL plans for that many.
_FEW: Final = 3


class _StandIn(Value):
    """Takes the place of a value while the SQL is made; of a collection of `size` values, 0: of more than a few."""

    def __init__(self, name: str, size: int | None = None) -> None:
        super().__init__(name)
        self.size = size

    def value_in(self, values: Mapping[str, Any]) -> Any:
        """What is sent in its place."""
        return _prepared(values[self.value])

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, Any]:
        """Return a placeholder, and this itself as its parameter."""
        return "%s", (self,)

    def _resolve_output_field(self) -> None:
        """Nobody knows the type before there is a value; PostgreSQL takes that of the other side."""


class _Member(_StandIn):
    """Takes the place of one value of a collection of few."""

    def __init__(self, name: str, place: int) -> None:
        super().__init__(name)
        self.place = place

    def value_in(self, values: Mapping[str, Any]) -> Any:
        """What is sent in its place."""
        return _prepared(list(values[self.value])[self.place])


class _IsOneOf(Func):
    """`column IN (a, b)`: each value of few is a parameter."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # type: ignore[override]  # noqa: ARG002 - Django's way to make SQL
        """Return the condition and its parameters."""
        (column, parameters), *members = [compiler.compile(one) for one in self.get_source_expressions()]
        marks = ", ".join(mark for mark, _given in members)
        return f"{column} IN ({marks})", (*parameters, *(one for _mark, given in members for one in given))


class _IsAnyOf(Func):
    """`column = ANY(array)`: one parameter for a whole collection, so that the SQL is the same for every size."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def is_any_of(field: str, values: Collection[int]) -> Any:
    """The condition that a column of numbers has one of the values; inside `compiled` functions and everywhere else."""
    if not isinstance(values, _StandIn):
        return Q((f"{field}__in", values))
    if values.size:
        return _IsOneOf(F(field), *(_Member(values.value, place) for place in range(values.size)))
    return _IsAnyOf(F(field), values)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is kept of a query: its SQL, the parameters that are still to be given, and how a row of it is read."""

    statement: Statement
    parameters: tuple[_StandIn, ...]
    needs_transaction: bool
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    read: Callable[[Sequence[Any]], Any]


# What was made in this process, by the function it was made of and the sizes of its collections.
_PLANS: dict[tuple[Callable[..., Any], frozenset[tuple[str, int]]], _Plan] = {}


class Compiled(Generic[Asked, Row]):
    """A query whose SQL is made once. Call it for all rows, or `first` for the first one."""

    def __init__(self, make: Callable[Asked, QuerySet[Any, Row]]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __call__(self, *_no_places: Asked.args, **values: Asked.kwargs) -> list[Row]:
        """All rows, by one statement. Name every value."""
        return self._rows(values)

    def first(self, *_no_places: Asked.args, **values: Asked.kwargs) -> Row | None:
        """The first row of those that the statement finds, None without any."""
        return next(iter(self._rows(values)), None)

    def _rows(self, values: dict[str, Any]) -> list[Row]:
        if any(type(value) is int and not -_BEYOND <= value < _BEYOND for value in values.values()):
            # No column holds such a number, so nothing is found; so does a queryset answer.
            return []
        sizes = {name: len(value) for name, value in values.items() if _is_many(value)}
        few = sizes if max(sizes.values(), default=0) <= _FEW else {}
        key = (self._make, frozenset(few.items()))
        plan = _PLANS.get(key)
        if plan is None:
            plan = _PLANS[key] = _plan(self._make, few)
        if plan.needs_transaction and not connection.in_atomic_block:
            raise TransactionManagementError("rows are locked inside a transaction only")
        found: Sequence[Sequence[Any]] = fetch(plan.statement, [one.value_in(values) for one in plan.parameters])
        if plan.converters:
            found = [_converted(row, plan.converters) for row in found]
        return [plan.read(row) for row in found]


def compiled(make: Callable[Asked, QuerySet[Any, Row]]) -> Compiled[Asked, Row]:
    """Let the SQL of the queryset that `make` returns be made once, at the first call."""
    return Compiled(make)


# Rows, and what becomes of their columns.
Change: TypeAlias = tuple[QuerySet[Any, Any], Mapping[str, Any]]


class CompiledUpdate(Generic[Asked]):
    """A change of rows whose SQL is made once. Call it to change them; it returns how many there were."""

    def __init__(self, make: Callable[Asked, Change]) -> None:
        self._make = make
        self._plan: tuple[Statement, tuple[_StandIn, ...]] | None = None
        self.__doc__ = make.__doc__

    def __call__(self, *_no_places: Asked.args, **values: Asked.kwargs) -> int:
        """Change the rows, by one statement. Name every value."""
        if self._plan is None:
            self._plan = self._made()
        statement, parameters = self._plan
        return change(statement, [one.value_in(values) for one in parameters])

    def _made(self) -> tuple[Statement, tuple[_StandIn, ...]]:
        rows, changes = self._make(**_stand_ins(self._make, {}))  # type: ignore[arg-type, call-arg]
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        return _fixed(*query.get_compiler(connection=connection).as_sql())


def compiled_update(make: Callable[Asked, Change]) -> CompiledUpdate[Asked]:
    """Let the SQL of the change that `make` returns be made once, at the first call."""
    return CompiledUpdate(make)


def _stand_ins(make: Callable[..., Any], sizes: Mapping[str, int]) -> dict[str, _StandIn]:
    return {name: _StandIn(name, sizes.get(name)) for name in inspect.signature(make).parameters}


def _fixed(sql: str, parameters: Sequence[Any]) -> tuple[Statement, tuple[_StandIn, ...]]:
    """The SQL with what never changes written into it, and the parameters that are still to be given."""
    between = _MARK.split(sql)
    marks = ["%s" if isinstance(one, _StandIn) else _written_out(one) for one in parameters]
    text = between[0] + "".join(mark + rest for mark, rest in zip(marks, between[1:], strict=True))
    return Statement(text), tuple(one for one in parameters if isinstance(one, _StandIn))


def _plan(make: Callable[..., QuerySet[Any, Any]], sizes: Mapping[str, int]) -> _Plan:
    queryset = make(**_stand_ins(make, sizes))
    compiler = queryset.query.get_compiler(connection=connection)
    statement, parameters = _fixed(*compiler.as_sql())
    columns = [column for column, _sql, _alias in compiler.select]
    return _Plan(
        statement=statement,
        parameters=parameters,
        needs_transaction=queryset.query.select_for_update,
        converters=[(place, *found) for place, found in compiler.get_converters(columns).items()],
        read=_reader(queryset, compiler),
    )


def _reader(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """How the queryset's own iterable reads a row."""
    kind = queryset._iterable_class  # noqa: SLF001 - Django has no public word for what a queryset yields
    if kind is FlatValuesListIterable:
        return lambda row: row[0]
    if kind is ValuesListIterable:
        return tuple
    assert kind is ModelIterable, f"rows of {kind.__name__} cannot be read"
    make = _maker(compiler.klass_info, compiler.select)
    annotations = list(compiler.annotation_col_map.items())
    if not annotations:
        return make

    def read(row: Sequence[Any]) -> Any:
        made = make(row)
        for name, place in annotations:
            setattr(made, name, row[place])
        return made

    return read


def _maker(info: Mapping[str, Any], select: Sequence[Any]) -> Callable[[Sequence[Any]], Any]:
    """How an instance, and those selected with it, is made of a row.

    As `Model.from_db` makes it; that one also calls signals nobody listens to, and sets column after column.
    """
    assert not info.get("from_parent"), "rows of a child class are not read here"
    model, places = info["model"], info["select_fields"]
    own = slice(places[0], places[-1] + 1)
    names = [column.target.attname for column, _sql, _alias in select[own]]
    alias = connection.alias
    key = names.index(model._meta.pk.attname)  # noqa: SLF001 - Django's documented way to a model's columns
    others = [
        (_maker(other, select), other["local_setter"], other["remote_setter"])
        for other in info.get("related_klass_infos", ())
    ]

    def make(row: Sequence[Any]) -> Any:
        values = row[own]
        if values[key] is None:
            return None
        made = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, alias
        # The keys are those that the fields' own setters would write; a column left out is read when it is asked for.
        made.__dict__.update(zip(names, values, strict=True), _state=state)
        for make_other, keep, keep_there in others:
            other = make_other(row)
            keep(made, other)
            if other is not None:
                keep_there(other, made)
        return made

    return make


def _converted(row: Sequence[Any], converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]) -> list[Any]:
    values = list(row)
    for place, steps, expression in converters:
        for convert in steps:
            values[place] = convert(values[place], expression, connection)
    return values


def _written_out(value: Any) -> str:
    """A value that never changes as the SQL says it."""
    text: str = mogrify("%s", [_prepared(value)], connection)
    return text.replace("%", "%%")


def _is_many(value: Any) -> bool:
    # Asked for every value of every query: the common kinds first.
    kind = type(value)
    return kind not in _SINGLE and isinstance(value, Collection) and not isinstance(value, str | bytes)


def _prepared(value: Any) -> Any:
    """The value as the driver takes it. Whole numbers always as bigint: a plan is kept per type of its parameters."""
    kind = type(value)
    if kind is int:
        return Int8(value)
    if kind in _SINGLE:
        return value
    if isinstance(value, Enum):
        return value.value
    if _is_many(value):
        return [_prepared(one) for one in value]
    return value
