"""Asks the instances of the example `queries` about their state over HTTP, also while one of them is gone."""
import urllib.error
import urllib.request

from waiting import until

_WORDS = 1000
_PATIENCE_S = 120


def _ask(address, path, key=""):
    """The line; None while the instance cannot answer."""
    try:
        with urllib.request.urlopen(f"http://{address}/{path}?{key}", timeout=10) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def _hosts(address, key):
    """Of the instance that has the key and of those with a copy, as the one asked knows it."""
    return (_ask(address, "where", key) or "unknown").split()


def _await_whole(instances, records):
    """Together the instances have each key once."""
    def is_whole():
        answers = [_ask(instance.address, "all") for instance in instances]
        return None not in answers and [sum(n) for n in zip(*(map(int, answer.split()) for answer in answers))] == [
            _WORDS, records]
    until(is_whole, "the instances together have all keys once", _PATIENCE_S)


def _check_key(instances, number, records):
    key = f"word{number}"
    count = str(records // _WORDS + (number < records % _WORDS))
    addresses = sorted(instance.address for instance in instances)

    def is_placed():
        hosts = _hosts(addresses[0], key)
        return sorted(hosts) == addresses and all(_hosts(address, key) == hosts for address in addresses)

    def is_copied():
        return all(_ask(address, "copy", key) == count for address in addresses)

    until(is_placed, f"all instances know who has {key} and who its copy", _PATIENCE_S)
    active = _hosts(addresses[0], key)[0]
    for path in ("get", "ask"):
        if (answer := _ask(active, path, key)) != count:
            raise AssertionError(f"{path} of {key} is {answer} in place of {count}")
    for other in set(addresses) - {active}:
        if (answer := _ask(other, "get", key)) != "":
            raise AssertionError(f"{key} is not of {other}, which has {answer}")
    until(is_copied, f"the copy of {key} has {count}", _PATIENCE_S)


def check(instances, records):
    """AssertionError where an answer is not what went in."""
    _await_whole(instances, records)
    for number in range(0, _WORDS, 50):
        _check_key(instances, number, records)
    gone, *left = instances
    gone.kill()
    _await_whole(left, records)
    _check_key(left, 7, records)
    gone.start()
    until(lambda: _ask(gone.address, "all") not in (None, "0 0"), f"{gone.name} has keys again", _PATIENCE_S)
    _await_whole(instances, records)
    for number in range(0, _WORDS, 100):
        _check_key(instances, number, records)
