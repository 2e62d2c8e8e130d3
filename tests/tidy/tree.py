"""The files under test and what a rule says about them."""

import dataclasses
import pathlib
import subprocess

CPP_SUFFIXES = (".h", ".cc")


@dataclasses.dataclass(frozen=True)
class Finding:
    """One broken rule. `key` is a path, or path::function; `number` is what an exception is measured by:
    a length for the size rules, one per occurrence for all others."""

    rule: str
    key: str
    line: int
    message: str
    number: int = 1

    def __str__(self):
        path = self.key.split("::")[0]
        return f"{path}:{self.line}: {self.message} [{self.rule}]"


class Tree:
    """Texts by path relative to the root, with forward slashes. Files that are not UTF-8 text are left out."""

    def __init__(self, texts):
        self.texts = dict(sorted(texts.items()))

    @staticmethod
    def read(root):
        """What is committed or about to be: tracked files and new ones that are not ignored."""
        root = pathlib.Path(root)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, check=True, capture_output=True, text=True,
        ).stdout
        texts = {}
        for path in filter(None, listed.split("\0")):
            try:
                texts[path] = (root / path).read_text(encoding="utf-8")
            except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
                continue
        return Tree(texts)

    def under(self, *prefixes, suffixes=CPP_SUFFIXES):
        """(path, text) of the files in these folders."""
        for path, text in self.texts.items():
            if path.endswith(tuple(suffixes)) and is_under(path, prefixes):
                yield path, text


def is_under(path, prefixes):
    """True if the path is one of these files or lies in one of these folders."""
    return any(path == prefix or path.startswith(prefix.rstrip("/") + "/") for prefix in prefixes)
