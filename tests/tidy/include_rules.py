"""Dependencies between rooms point one way; libraries stay in the rooms they were taken in for."""

import re

from tree import Finding, is_under

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">]', re.MULTILINE)

# Library headers and the folders that may see them; the tests may see all of them.
LIBRARIES = (
    (re.compile(r"^uv\.h$|^uv/"), ("src/io/uv",)),
    (re.compile(r"^nlohmann/"), ("protocol/generator", "protocol/wire/json", "src/tools")),
    (re.compile(r"^(spdlog|fmt)/"), ("src/observe",)),
    (re.compile(r"^CLI/"), ("protocol/generator", "src/broker", "src/tools")),
    (re.compile(r"^(librdkafka|doctest|rapidcheck|benchmark)[/.]"), ()),
)


def parse_rooms(text):
    """The table as {room: set of the rooms it may include, itself among them}."""
    direct = {}
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line:
            room, _, may = line.partition(":")
            direct[room.strip()] = may.split()
    for room, may in direct.items():
        unknown = [name for name in may if name.lstrip("=") not in direct]
        if unknown:
            raise ValueError(f"{room} may include rooms that are not in the table: {' '.join(unknown)}")

    def closure(room, on_path=()):
        if room in on_path:
            raise ValueError(f"the table goes round: {' -> '.join((*on_path, room))}")
        reached = {room}
        for name in direct[room]:
            if not name.startswith("="):
                reached |= closure(name, (*on_path, room))
        return reached

    granted = {room: {name[1:] for name in may if name.startswith("=")} for room, may in direct.items()}
    return {room: closure(room) | granted[room] for room in direct}


def _longest(rooms, path):
    fitting = [room for room in rooms if is_under(path, (room,))]
    return max(fitting, key=len, default=None)


def room_of_file(rooms, path):
    """The room a file of src/ or protocol/ lies in; None outside the table."""
    return _longest(rooms, path.removeprefix("src/"))


def check_rooms(tree, rooms):
    for path, text in tree.under("src", "protocol"):
        here = room_of_file(rooms, path)
        if here is None:
            yield Finding("room", path, 1, "no room of tests/tidy/rooms.txt has this file")
            continue
        for match in _INCLUDE.finditer(text):
            quote, name = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            if quote == "<":
                continue
            there = _longest(rooms, name)
            if there is None:
                yield Finding("room", path, line, f'"{name}" is no file of a room; paths start at src/ or the root')
            elif there not in rooms[here]:
                yield Finding("room", path, line, f'{here} may not include {there} ("{name}")')


def check_libraries(tree):
    for path, text in tree.under("src", "protocol"):
        for match in _INCLUDE.finditer(text):
            name = match.group(2)
            for pattern, folders in LIBRARIES:
                if pattern.match(name) and not is_under(path, folders):
                    line = text.count("\n", 0, match.start()) + 1
                    yield Finding("library", path, line, f"<{name}> is for {' '.join(folders) or 'tests'} only")
