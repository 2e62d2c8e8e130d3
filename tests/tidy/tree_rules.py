"""What may lie in the repository at all, and what no file may name."""

import re

from tree import Finding

TOP_LEVEL = {
    "CMakeLists.txt", "CMakePresets.json", "src", "protocol", "schemas", "tests", "compat-tests", "docker",
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "scripts",
}
# Facts brought by a tool; nobody writes sentences there.
_DATA = ("schemas/", "tests/golden/")

# The patterns are put together from pieces, so that these files do not find themselves.
_HOSTS = ("repo1?.maven" + r"\.(?:apache\.)?org", "pypi" + r"\.org", "files.python" + r"hosted\.org",
          "registry.npm" + r"js\.org", "proxy.go" + r"lang\.org", "crates" + r"\.io", "(?:deb|security).deb" + r"ian\.org",
          "apt.ll" + r"vm\.org", "(?:docker|ghcr|quay|gcr)" + r"\.io\b")
_TEXT_RULES = (
    ("machine-path", "an absolute path of one machine",
     re.compile(r"(?<![\w.)}\]*$-])/(?:" + "wo" + "rk|ro" + "ot|ho" + r"me)/")),
    ("registry-host", "the machine decides where packages come from", re.compile("|".join(_HOSTS))),
    ("open-end", "unfinished work is named by an issue: add its (#number)",
     re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b(?!\(#\d+\))")),
)


def check_top_level(tree):
    for entry in sorted({path.split("/")[0] for path in tree.texts}):
        if entry not in TOP_LEVEL and not entry.startswith("."):
            yield Finding("top-level", entry, 1, "not an entry the root may have")


def check_texts(tree):
    for path, text in tree.texts.items():
        if path.startswith(_DATA):
            continue
        for rule, why, pattern in _TEXT_RULES:
            for match in pattern.finditer(text):
                yield Finding(rule, path, text.count("\n", 0, match.start()) + 1, f"{match.group()}: {why}")


def check_room_page(tree, rooms):
    """The page that explains the rooms names every room of the table."""
    page = tree.texts.get("docs/architecture.md", "")
    for room in rooms:
        if f"`{room}/`" not in page:
            yield Finding("room-page", "docs/architecture.md", 1, f"does not explain `{room}/`")
