"""What tests wait for, and how they end."""
import shutil
import time


class Skip(Exception):
    """This machine lacks something."""


def needs(program):
    if not shutil.which(program):
        raise Skip(f"{program} is not installed")


def until(condition, what, timeout_s=60):
    """What the condition gives once it is true."""
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not in time: {what}")
        time.sleep(0.02)
    return found


def equal(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} in place of {wanted!r}")
