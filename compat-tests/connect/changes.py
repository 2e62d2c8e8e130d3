"""Changes of a table, made up from a seed, and what its connector has to tell of them."""
import typing

TABLE = "items"
_CREATE = f"""CREATE TABLE {TABLE} (id bigint PRIMARY KEY, change bigint NOT NULL, words text);
ALTER TABLE {TABLE} REPLICA IDENTITY FULL;
"""
_LARGEST_TRANSACTION = 200
_ROLLED_BACK = 0.05


class Change(typing.NamedTuple):
    """As an event tells it: r for a row of the snapshot, c, u or d. `row` is the one that it leaves, or took away."""
    operation: str
    row: tuple


class Table:
    """Numbers each change, so that each is another one. Its text is SQL for the database; what is committed is in `committed`."""

    def __init__(self, chance):
        self._chance, self._rows, self._next_id, self._next_change = chance, {}, 1, 1
        self.committed = []

    def _new_row(self, key):
        # Letters of one, two and three bytes, and sometimes none at all.
        words = self._chance.choice([None, "", "plain", "Größe", "漢字 'quoted' \\ and \"more\""])
        self._next_change += 1
        return key, self._next_change - 1, words

    def create(self, rows):
        """The table with so many rows."""
        parts = [_CREATE, "BEGIN;"]
        for _ in range(rows):
            parts.append(self._insert("r"))
        return "\n".join([*parts, "COMMIT;\n"])

    def change(self, count):
        """So many changes, in transactions of different sizes, and a few more that are rolled back."""
        parts = []
        end = len(self.committed) + count
        while (left := end - len(self.committed)) > 0:
            size = min(left, self._chance.randint(1, _LARGEST_TRANSACTION))
            rolls_back = self._chance.random() < _ROLLED_BACK
            before = (dict(self._rows), len(self.committed)) if rolls_back else None
            parts += ["BEGIN;", *(self._any_change() for _ in range(size)), "ROLLBACK;" if rolls_back else "COMMIT;"]
            if rolls_back:
                self._rows, committed = before
                del self.committed[committed:]
        return "\n".join(parts) + "\n"

    def _insert(self, operation="c"):
        row = self._new_row(self._next_id)
        self._next_id += 1
        self._rows[row[0]] = row
        self.committed.append(Change(operation, row))
        return f"INSERT INTO {TABLE} VALUES ({row[0]}, {row[1]}, {_literal(row[2])});"

    def _any_change(self):
        kind = self._chance.choices("cud", (3, 5, 2))[0]
        # Ids are dense but for those that are gone: a few draws find one that is there.
        key = next((key for key in (self._chance.randrange(1, self._next_id) for _ in range(20)) if key in self._rows), None)
        if kind == "c" or key is None:
            return self._insert()
        if kind == "d":
            self.committed.append(Change("d", self._rows.pop(key)))
            return f"DELETE FROM {TABLE} WHERE id = {key};"
        row = self._rows[key] = self._new_row(key)
        self.committed.append(Change("u", row))
        return f"UPDATE {TABLE} SET change = {row[1]}, words = {_literal(row[2])} WHERE id = {key};"


def _literal(words):
    return "NULL" if words is None else "'" + words.replace("'", "''") + "'"
