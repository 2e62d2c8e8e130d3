"""Names that may stand in few places only: clock, chance, threads, the disk, and what makes runs differ."""

import dataclasses
import re

from cpp import code_of, line_of
from tree import Finding, is_under

PURE_ROOMS = ("protocol", "src/config", "src/security", "src/quota", "src/quorum", "src/metadata",
              "src/coordinator", "src/replica")
_SOURCE = ("src", "protocol")


@dataclasses.dataclass(frozen=True)
class Ban:
    """A pattern that must not match the code of files in `scope`, apart from those in `allowed`."""

    rule: str
    why: str
    pattern: str
    scope: tuple = _SOURCE
    allowed: tuple = ()


_DISK_CALLS = ("open|close|read|write|rename|unlink|mkdir|rmdir|stat|fstat|lseek|socket|bind|listen|accept|connect|"
               "send|recv|poll|shutdown|truncate|link|remove")
_PLAIN_DISK_CALLS = ("openat|creat|pread|preadv2?|pwrite|pwritev2?|readv|writev|fsync|fdatasync|sync_file_range|"
                     "ftruncate|fallocate|posix_fallocate|posix_fadvise|mmap|munmap|msync|sendfile|sendmsg|"
                     "recvmsg|accept4|opendir|readdir|eventfd|epoll_\\w+|fopen|fdopen|fread|fwrite|fseek|getaddrinfo")

BANS = (
    Ban("clock", "only io/uv reads the clock; everybody else is handed the time",
        r"\b(?:system|steady|high_resolution|utc|tai|gps|file)_clock\b|\bclock_gettime\b|\bgettimeofday\b"
        r"|(?<![\w.>])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&)|\b(?:localtime|gmtime)(?:_r)?\s*\(",
        allowed=("src/io/uv",)),
    Ban("chance", "only io draws chance; seeds and numbers are handed in",
        r"\bmt19937|\bminstd_rand|\bdefault_random_engine\b|\branlux",
        allowed=("src/io/uv", "src/io/sim")),
    Ban("chance", "a run that draws its own seed cannot be repeated",
        r"\brandom_device\b|\bgetrandom\b|(?<![\w.>])(?:std::)?s?rand\s*\(|\b[dls]rand48\b|\bRAND_bytes\b",
        scope=(*_SOURCE, "tests"), allowed=("src/io/uv",)),
    Ban("threads", "shards share nothing: threads, locks and atomics stay below io and observe",
        r"\bstd::(?:jthread|thread|(?:\w+_)?mutex|condition_variable\w*|atomic\w*|future|promise\s*<|async|barrier"
        r"|latch|\w*semaphore|call_once|once_flag|lock_guard|unique_lock|scoped_lock|shared_lock)\b"
        r"|\bthread_local\b|\bpthread_\w+",
        allowed=("src/io", "src/observe")),
    Ban("sleep", "wait for a condition, not for a while",
        r"\bsleep_(?:for|until)\b|(?<![\w.>])(?:u|nano|clock_nano)?sleep\s*\(", scope=(*_SOURCE, "tests")),
    Ban("libuv", "only io/uv sees libuv", r"\buv_\w+", scope=(*_SOURCE, "tests"), allowed=("src/io/uv",)),
    Ban("disk", "files and sockets are reached through io",
        rf"(?<![\w>])::(?:{_DISK_CALLS})\s*\(|(?<![\w.>])(?:::)?(?:{_PLAIN_DISK_CALLS})\s*\("
        r"|\bstd::(?:i|o|)fstream\b|\bstd::filesystem\b"
        r"|#\s*include\s*<(?:fcntl\.h|unistd\.h|dirent\.h|poll\.h|netdb\.h|fstream|filesystem"
        r"|(?:sys|netinet|arpa)/\w+\.h)>",
        allowed=("src/io", "protocol/generator", "src/tools/main.cc")),
    Ban("throw", "the one way to fail is Result", r"\bthrow\b"),
    Ban("reinterpret", "bytes become values by the wire's own reader and writer",
        r"\breinterpret_cast\b", scope=("protocol",), allowed=("protocol/wire",)),
    Ban("order", "the order of addresses differs from run to run",
        r"\bstd::(?:map|set|multimap|multiset)\s*<\s*(?:const\s+)?[\w:]+(?:\s+const)?\s*\*", scope=PURE_ROOMS),
)


def check_bans(tree, bans=BANS):
    for path, text in tree.under("src", "protocol", "tests"):
        code = code_of(text)
        for ban in bans:
            if is_under(path, ban.scope) and not is_under(path, ban.allowed):
                for match in re.finditer(ban.pattern, code):
                    name = re.sub(r"\s+", " ", match.group()).rstrip("( ")
                    yield Finding(ban.rule, path, line_of(code, match.start()), f"{name}: {ban.why}")


_UNORDERED = re.compile(r"\bunordered_(?:multi)?(?:map|set)\s*<")
_OWN_INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def _behind_template(code, at):
    """The position behind the `>` that closes the `<` before `at`."""
    depth = 1
    while depth and at < len(code):
        depth += {"<": 1, ">": -1}.get(code[at], 0)
        at += 1
    return at


def unordered_names(code):
    """Variables, members and parameters of an unordered type, aliases followed."""
    names, aliases = set(), set()
    for match in _UNORDERED.finditer(code):
        end = _behind_template(code, match.end())
        before = re.search(r"using\s+(\w+)\s*=\s*(?:std::)?$", code[: match.start()])
        if before:
            aliases.add(before.group(1))
        after = re.match(r"\s*[&*]*\s*(\w+)", code[end:])
        if after:
            names.add(after.group(1))
    for alias in aliases:
        names |= set(re.findall(rf"\b{alias}\b\s*[&*]*\s*(\w+)\s*[;={{(,)]", code))
    return names


def check_unordered(tree):
    """Decisions of the pure rooms must not depend on the order of a hash table."""
    for path, text in tree.under(*PURE_ROOMS):
        code = code_of(text)
        names = unordered_names(code)
        for include in _OWN_INCLUDE.findall(text):
            for header in (include, f"src/{include}"):
                names |= unordered_names(code_of(tree.texts.get(header, "")))
        if not names:
            continue
        any_name = "|".join(sorted(names))
        loops = rf"\bfor\s*\([^;{{}}]*?:\s*[^;{{}}()]*\b({any_name})\s*\)|\b({any_name})\s*(?:\.|->)\s*c?begin\s*\("
        for match in re.finditer(loops, code):
            name = match.group(1) or match.group(2)
            yield Finding("order", path, line_of(code, match.start()),
                          f"{name}: a hash table's order differs between builds; iterate over something sorted")
