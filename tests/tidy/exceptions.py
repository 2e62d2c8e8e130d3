"""Exceptions only shrink: each is exact, and one that is no longer needed fails the test."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Allowance:
    rule: str
    key: str
    number: int
    line: int


def parse(text):
    """Lines of `rule key number reason`. Returns the allowances and what is wrong with the file itself."""
    allowances, problems = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split(maxsplit=3)
        if len(words) < 4 or not words[2].isdigit():
            problems.append(f"exceptions.txt:{number}: wants `rule key number reason`")
            continue
        allowances.append(Allowance(words[0], words[1], int(words[2]), number))
    seen = set()
    for allowance in allowances:
        if (allowance.rule, allowance.key) in seen:
            problems.append(f"exceptions.txt:{allowance.line}: {allowance.rule} {allowance.key} stands twice")
        seen.add((allowance.rule, allowance.key))
    return allowances, problems


def judge(findings, allowances):
    """The complaints that remain, as texts."""
    by_key = {}
    for finding in findings:
        by_key.setdefault((finding.rule, finding.key), []).append(finding)
    complaints = []
    for allowance in allowances:
        found = by_key.pop((allowance.rule, allowance.key), [])
        measured = sum(finding.number for finding in found)
        where = f"exceptions.txt:{allowance.line}: {allowance.rule} {allowance.key}"
        if measured == 0:
            complaints.append(f"{where} is no longer needed: remove it")
        elif measured < allowance.number:
            complaints.append(f"{where} could be {measured} instead of {allowance.number}: lower it")
        elif measured > allowance.number:
            complaints.append(f"{where} allows {allowance.number}, found {measured}")
            complaints.extend(str(finding) for finding in found)
    complaints.extend(str(finding) for found in by_key.values() for finding in found)
    return complaints
