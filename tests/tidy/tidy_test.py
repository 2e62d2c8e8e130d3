#!/usr/bin/env python3
"""Each rule of the tidy test, shown to pass a good tree and to fail a made-up bad one."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import call_rules
import exceptions
import include_rules
import tidy
import tree_rules
from tree import Finding, Tree

ROOMS = (
    "base:\nprotocol: base\nprotocol/generator: protocol\nio: base\nio/uv: io\nio/sim: io\n"
    "metadata: protocol\nruntime: metadata io\ntools: protocol =io/sim\nbroker: runtime tools =io/uv\n"
)
PAGE = "".join(f"`{line.split(':')[0]}/`\n" for line in ROOMS.splitlines())
GOOD = {
    "README.md": "# Moldau\n",
    "docs/architecture.md": PAGE,
    "src/base/a.h": '#pragma once\n#include <string>\n#include "base/b.h"\n// system_clock is banned\n',
    "src/metadata/m.h": "struct M {\n  std::unordered_map<int, int> by_id_;\n};\n",
    "src/metadata/m.cc": '#include "metadata/m.h"\n#include "protocol/wire/reader.h"\nint M::at(int id) {\n'
                         "  return by_id_.find(id)->second;\n}\n",
    "src/io/uv/loop.cc": '#include <uv.h>\n#include "io/loop.h"\nvoid f() {\n  uv_run(nullptr);\n  ::open(0);\n'
                         "  std::random_device seed;\n  auto now = std::chrono::steady_clock::now();\n}\n",
    "src/runtime/r.cc": "void f(Stream& s) {\n  s.open();\n  s.fsync();\n  loop.time(0);\n  std::map<int*, int> m;\n}\n",
    "src/broker/main.cc": '#include "io/uv/loop.h"\n#include "base/a.h"\n#include "tools/t.h"\n',
    "protocol/wire/w.cc": "auto* p = reinterpret_cast<const char*>(q);\n",
    "tests/io/t.cc": '#include "io/sim/world.h"\nstd::mt19937 chance(7);\nconst char* text = "std::random_device";\n',
}

# rule, path, text: each alone must break exactly that rule.
BAD = (
    ("room", "src/base/x.h", '#include "io/loop.h"\n'),
    ("room", "src/metadata/x.cc", '#include "io/loop.h"\n'),
    ("room", "src/metadata/x.cc", '#include "runtime/shard.h"\n'),
    ("room", "src/runtime/x.cc", '#include "io/uv/loop.h"\n'),
    ("room", "src/broker/x.cc", '#include "io/sim/world.h"\n'),
    ("room", "src/io/x.h", '#include "io/uv/loop.h"\n'),
    ("room", "protocol/wire/x.h", '  #  include "protocol/generator/model.h"\n'),
    ("room", "src/metadata/x.cc", '#include "../io/loop.h"\n'),
    ("room", "src/metadata/x.cc", '#include "tests/io/t.h"\n'),
    ("room", "src/attic/x.cc", "int x;\n"),
    ("library", "src/io/x.h", "#include <uv.h>\n"),
    ("library", "protocol/wire/x.h", "#include <nlohmann/json.hpp>\n"),
    ("library", "src/runtime/x.cc", "#include <doctest/doctest.h>\n"),
    ("clock", "src/runtime/x.cc", "auto now = std::chrono::system_clock::now();\n"),
    ("clock", "src/io/sim/x.cc", "using std::chrono::steady_clock;\n"),
    ("clock", "src/runtime/x.cc", "auto now = std::time(nullptr);\n"),
    ("clock", "src/runtime/x.cc", "int f = clock_gettime(CLOCK_MONOTONIC, &now);\n"),
    ("chance", "src/metadata/x.cc", "int f = rand();\n"),
    ("chance", "src/metadata/x.cc", "std::mt19937_64 engine(1);\n"),
    ("chance", "tests/io/x.cc", "std::mt19937 engine(std::random_device{}());\n"),
    ("chance", "src/io/sim/x.cc", "auto f = getrandom(buffer, 16, 0);\n"),
    ("threads", "src/runtime/x.cc", "std::atomic<int> count;\n"),
    ("threads", "src/metadata/x.h", "std::shared_mutex lock;\n"),
    ("threads", "protocol/wire/x.cc", "thread_local int depth;\n"),
    ("sleep", "tests/io/x.cc", "void f() {\n  std::this_thread::sleep_for(1ms);\n}\n"),
    ("sleep", "src/io/uv/x.cc", "void f() {\n  usleep(10);\n}\n"),
    ("libuv", "src/runtime/x.cc", "uv_loop_t* loop;\n"),
    ("libuv", "tests/io/x.cc", "void f() {\n  uv_run(loop);\n}\n"),
    ("disk", "src/runtime/x.cc", "int f = ::open(path, 0);\n"),
    ("disk", "src/runtime/x.cc", "int f = fsync(fd);\n"),
    ("disk", "src/metadata/x.cc", "std::ifstream in(path);\n"),
    ("disk", "src/metadata/x.cc", "#include <sys/stat.h>\n"),
    ("disk", "src/tools/dump.cc", "#include <unistd.h>\n"),
    ("throw", "src/runtime/x.cc", "void f() {\n  throw 1;\n}\n"),
    ("reinterpret", "protocol/records/x.cc", "auto* p = reinterpret_cast<const char*>(q);\n"),
    ("order", "src/metadata/x.cc", "void f(std::unordered_map<int, std::pair<int, int>>& m) {\n"
                                   "  for (const auto& [k, v] : m) use(k);\n}\n"),
    ("order", "src/metadata/x.cc", '#include "metadata/m.h"\nvoid M::f() {\n  for (auto& p : by_id_) use(p);\n}\n'),
    ("order", "src/metadata/x.cc", "using Ids = std::unordered_set<int>;\nIds ids;\nauto first = *ids.begin();\n"),
    ("order", "src/metadata/x.cc", "std::map<const Topic*, int> by_topic;\n"),
    ("file-lines", "src/base/x.cc", "int x;\n" * 501),
    ("file-lines", "scripts/x", "#!/usr/bin/env bash\n" + "true\n" * 500),
    ("function-lines", "src/base/x.cc", "void f() {\n" + "  g();\n" * 69 + "}\n"),
    ("function-lines", "tests/tidy/x.py", "def f():\n" + "    g()\n" * 70),
    ("top-level", "notes.txt", "x\n"),
    ("top-level", "lib/x.cc", "int x;\n"),
    ("machine-path", "docs/x.md", "see /wo" + "rk/main\n"),
    ("machine-path", "scripts/x", "cd /ro" + "ot/x\n"),
    ("registry-host", "docker/Dockerfile", "RUN curl https://repo.maven.apa" + "che.org/x\n"),
    ("open-end", "src/base/x.cc", "// TO" + "DO: later\n"),
    ("room-page", "docs/architecture.md", PAGE.replace("`io/uv/`", "")),
)


def findings(texts):
    return list(tidy.findings(Tree(texts), include_rules.parse_rooms(ROOMS)))


class Rules(unittest.TestCase):
    def test_the_good_tree_breaks_no_rule(self):
        self.assertEqual([str(finding) for finding in findings(GOOD)], [])

    def test_each_bad_file_breaks_its_rule_and_no_other(self):
        for rule, path, text in BAD:
            with self.subTest(rule=rule, path=path, text=text[:80]):
                found = findings({**GOOD, path: text})
                self.assertEqual({(finding.rule, finding.key.split("::")[0]) for finding in found},
                                 {(rule, path.split("/")[0] if rule == "top-level" else path)},
                                 [str(finding) for finding in found])

    def test_every_rule_there_is_has_a_bad_file(self):
        rules = {ban.rule for ban in call_rules.BANS} | {rule for rule, _, _ in tree_rules._TEXT_RULES}
        for source in pathlib.Path(tidy.HERE).glob("*_rules.py"):
            rules |= set(re.findall(r'Finding\(\s*"([a-z-]+)"', source.read_text()))
        self.assertEqual(rules, {rule for rule, _, _ in BAD})

    def test_sizes_at_the_limit_pass(self):
        at_limit = {"src/base/x.cc": "void f() {\n" + "  g();\n" * 68 + "}\n" + "int x;\n" * 430}
        self.assertEqual(findings({**GOOD, **at_limit}), [])

    def test_unfinished_work_with_an_issue_passes(self):
        self.assertEqual(findings({**GOOD, "src/base/x.cc": "// TO" + "DO(#12): later\n"}), [])


class RoomTable(unittest.TestCase):
    def test_what_a_room_may_include_is_passed_on_but_own_grants_are_not(self):
        rooms = include_rules.parse_rooms(ROOMS)
        self.assertEqual(rooms["runtime"], {"runtime", "metadata", "protocol", "io", "base"})
        self.assertIn("io/sim", rooms["tools"])
        self.assertNotIn("io/sim", rooms["broker"])

    def test_a_table_that_goes_round_or_names_strangers_is_refused(self):
        for table in ("a: b\nb: a\n", "a: a\n", "a: stranger\n"):
            with self.subTest(table=table), self.assertRaises(ValueError):
                include_rules.parse_rooms(table)


class Exceptions(unittest.TestCase):
    FOUND = (Finding("throw", "src/a.cc", 3, "throw"), Finding("throw", "src/a.cc", 9, "throw"))

    def complaints(self, text):
        allowances, problems = exceptions.parse(text)
        return problems + exceptions.judge(self.FOUND, allowances)

    def test_an_exact_exception_silences_its_findings_and_nothing_else(self):
        self.assertEqual(self.complaints("# why\n\nthrow src/a.cc 2 a library asks for it\n"), [])
        self.assertEqual(len(self.complaints("")), 2)

    def test_an_exception_that_could_be_lower_or_is_exceeded_fails(self):
        self.assertIn("lower it", self.complaints("throw src/a.cc 3 reason\n")[0])
        self.assertIn("allows 1, found 2", self.complaints("throw src/a.cc 1 reason\n")[0])

    def test_an_exception_nobody_needs_fails(self):
        text = "throw src/a.cc 2 reason\nclock src/a.cc 1 reason\n"
        self.assertEqual(len(self.complaints(text)), 1)
        self.assertIn("no longer needed", self.complaints(text)[0])

    def test_an_exception_wants_a_number_and_a_reason_and_stands_once(self):
        self.assertIn("wants", self.complaints("throw src/a.cc 2\n")[0])
        self.assertIn("wants", self.complaints("throw src/a.cc two reason\n")[0])
        self.assertIn("twice", self.complaints("throw src/a.cc 2 reason\nthrow src/a.cc 2 reason\n")[0])


class Reading(unittest.TestCase):
    def test_tracked_and_new_files_are_read_ignored_and_binary_ones_are_not(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            subprocess.run(["git", "init", "-q", folder], check=True)
            (root / ".gitignore").write_text("/build/\n")
            (root / "build").mkdir()
            (root / "build" / "x.cc").write_text("int x;\n")
            (root / "src").mkdir()
            (root / "src" / "tracked.cc").write_text("int x;\n")
            subprocess.run(["git", "-C", folder, "add", "src"], check=True)
            (root / "src" / "new.cc").write_text("int y;\n")
            (root / "src" / "binary.bin").write_bytes(b"\xff\xfe\x00")
            self.assertEqual(list(Tree.read(root).texts), [".gitignore", "src/new.cc", "src/tracked.cc"])


if __name__ == "__main__":
    unittest.main()
