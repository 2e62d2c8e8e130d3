"""What has to come out of a connector, held against what went in."""
import collections


def _some(things):
    return f"{len(things)} ({', '.join(map(str, things[:3]))}{', ...' if len(things) > 3 else ''})" if things else "0"


def judge_each(what, got, written):
    """Each of them once, in the order in which they were written; they are different from each other."""
    got, written = list(got), list(written)
    if got == written:
        return
    lost, doubled, foreign = compare(got, written)
    complaint = f"{_some(lost)} lost, {_some(doubled)} doubled, {_some(foreign)} never written"
    raise AssertionError(f"{what}: {complaint}" if lost or doubled or foreign else f"{what}: another order")


def compare(got, written):
    """What is lost, there more than once, and never written."""
    counts, known = collections.Counter(got), set(written)
    return ([one for one in written if one not in counts], [one for one, count in counts.items() if count > 1],
            [one for one in counts if one not in known])


def judge_at_least_once(what, got, written):
    """Each of them, any number of times; how many are there more than once."""
    lost, doubled, foreign = compare(got, written)
    if lost or foreign:
        raise AssertionError(f"{what}: {_some(lost)} lost, {_some(foreign)} never written")
    return len(doubled)
