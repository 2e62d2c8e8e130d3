"""Debezium's connector for PostgreSQL: a table's snapshot and its changes, as events, against the table."""
import contextlib
import random
import threading

from changes import TABLE, Table
from committed import Committed
from events import Events
from judge import judge_each
from node import Node
from postgres import Postgres
from waiting import equal, until
from worker import distributed_worker, kill_one_and_wait

_TOPIC = f"db.public.{TABLE}"
_ROWS = 10_000
_PATIENCE_S = 180
_JSON = "org.apache.kafka.connect.json.JsonConverter"


def _settings(port, exactly_once, has_tombstones):
    return {
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector", "tasks.max": "1",
        "exactly.once.support": "required" if exactly_once else "requested",
        "plugin.name": "pgoutput", "publication.autocreate.mode": "filtered",
        "database.hostname": "127.0.0.1", "database.port": str(port), "database.user": "postgres", "database.password": "none",
        "database.dbname": "postgres", "topic.prefix": "db", "table.include.list": f"public.{TABLE}",
        "tombstones.on.delete": str(has_tombstones).lower(),
        "key.converter": _JSON, "key.converter.schemas.enable": "false",
        "value.converter": _JSON, "value.converter.schemas.enable": "false"}


class _Capture:
    """A table, and what was told of it so far."""

    def __init__(self, database, table, reader, has_tombstones):
        self._database, self._table, self._reader = database, table, reader
        self._events, self._taken = Events(has_tombstones), 0

    def _have_come(self):
        records = self._reader.records(_TOPIC)
        for record in records[self._taken:]:
            self._events.add(record.key, record.value)
        self._taken = len(records)
        return self._events.have(self._table.committed[-1])

    def told(self):
        """How many changes were told so far."""
        self._have_come()
        return len(self._events.changes)

    def await_events(self):
        """Of all that is committed by now."""
        try:
            until(self._have_come, "the changes are told", _PATIENCE_S)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.told()} of {len(self._table.committed)}") from None

    @contextlib.contextmanager
    def changing(self, count):
        """The database makes so many changes during the block."""
        failed = []

        def change():
            try:
                self._database.execute(self._table.change(count))
            except AssertionError as error:
                failed.append(error)
        thread = threading.Thread(target=change)
        thread.start()
        try:
            yield
        finally:
            thread.join()
        if failed:
            raise failed[0]

    def judge(self):
        """Each row of the snapshot and each change once, those in their order; replayed they give the table."""
        self._reader.read_to_end()
        self._have_come()
        told, committed = self._events.changes, self._table.committed
        judge_each("the snapshot", sorted(told[:_ROWS]), committed[:_ROWS])
        judge_each("the changes", told[_ROWS:], committed[_ROWS:])
        rows = self._database.execute(f"SELECT id, change, words FROM {TABLE} ORDER BY id;")
        image = [[str(row[0]), str(row[1]), "\\N" if row[2] is None else row[2]] for _, row in sorted(self._events.image.items())]
        judge_each("the table", map(tuple, image), map(tuple, rows))
        equal(len(told), len(committed), "events")
        return len(image)


def _capture(folder, kills, options):
    """How many rows the table has in the end."""
    folder.mkdir()
    exactly_once, chance, table = not options.at_least_once, random.Random(options.seed), Table(random.Random(options.seed + 1))
    # A deletion may end a batch of 2,048 records, and so a transaction. Its tombstone is the next one's first record and has the
    # same place in the database's log: a connector that is cut off between them goes on behind both.
    has_tombstones = kills == 0
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(Postgres())
        database.execute(table.create(_ROWS))
        node = stack.enter_context(Node(folder / "node"))
        workers = [stack.enter_context(distributed_worker(folder / f"worker-{i}", node.address, exactly_once)) for i in range(2)]
        capture = _Capture(database, table, stack.enter_context(Committed(folder, node.address, _TOPIC)), has_tombstones)
        workers[0].ask("POST", "/connectors", {"name": "items", "config": _settings(database.port, exactly_once, has_tombstones)}, 201)
        # A snapshot that is cut off is taken anew from its beginning: kills come behind it.
        capture.await_events()
        for left in range(kills, -1, -1):
            count = (options.changes - len(table.committed) + _ROWS) // (left + 1)
            amid = len(table.committed) + round(count * chance.uniform(0, 0.8))
            with capture.changing(count):
                if left:
                    until(lambda: capture.told() > amid, "some of the changes are told", _PATIENCE_S)
                    print(f"killed {kill_one_and_wait(chance, node, workers)}", flush=True)
            capture.await_events()
        workers[1].ask("DELETE", "/connectors/items", status=204)
        return capture.judge()


def run(folder, options):
    """The events of a table are exact without kills, and again while the broker and the workers are killed."""
    rounds = sorted({0, 5 if options.kills is None else options.kills})
    rows = [_capture(folder / f"kills-{kills}", kills, options) for kills in rounds]
    return (f"a snapshot of {_ROWS} rows and {options.changes} changes, 0 lost, 0 doubled, {rows[0]} rows in the end; "
            f"{' and '.join(f'{count} kills' for count in rounds)}")
