"""Change events of a table, as its connector writes them to a topic."""
import json

from changes import Change

_COLUMNS = ("id", "change", "words")


def _row(image):
    return None if image is None else tuple(image[column] for column in _COLUMNS)


class Events:
    """Takes records in the order of their topic. AssertionError where one of them cannot be behind those before it."""

    def __init__(self, has_tombstones=True):
        self._has_tombstones = has_tombstones
        self.changes = []
        self.image = {}
        self._known = set()
        self._deleted = None

    def add(self, key, value):
        key = json.loads(key)["id"]
        if self._deleted is not None or value is None:
            if (key, value) != (self._deleted, None):
                raise AssertionError(f"{value} of key {key} behind the end of row {self._deleted}, which a tombstone has to follow")
            self._deleted = None
            return
        event = json.loads(value)
        operation, before, after = event["op"], _row(event["before"]), _row(event["after"])
        if operation in "ud" and before != self.image.get(key):
            raise AssertionError(f"{operation} of {before} where the row is {self.image.get(key)}")
        if operation == "d":
            self._deleted = key if self._has_tombstones else None
            del self.image[key]
        else:
            self.image[key] = after
        self.changes.append(Change(operation, after or before))
        self._known.add(self.changes[-1])

    def have(self, change):
        """Whether it was told, with all that belongs to it."""
        return self._deleted is None and change in self._known
