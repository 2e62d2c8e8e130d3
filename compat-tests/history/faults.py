"""Kills and pauses of the broker and of clients, drawn from a seed."""
import heapq
import itertools
import os
import random
import signal
import time

KINDS = {"kill-broker": 3, "pause-broker": 3, "kill-client": 3, "pause-client": 3, "twin": 1}
_BETWEEN_S = (1.5, 6)
_DOWN_S = (0, 1.5)
_BROKER_PAUSE_S = (0.2, 8)
# Sessions last 6 s, transactions 20 s.
_CLIENT_PAUSES_S = ((1, 5), (7, 14), (21, 25))


class Faults:
    """Does harm to a cluster for a while, and makes it good in the end."""

    def __init__(self, seed, node, fleet, events, kinds):
        self._chance = random.Random(f"{seed}/faults")
        self._node, self._fleet, self._events = node, fleet, events
        self._kinds = kinds
        self._later = []
        self._order = itertools.count()
        self._away = set()

    def run(self, seconds):
        end = time.monotonic() + seconds
        next_fault = time.monotonic() + self._chance.uniform(*_BETWEEN_S)
        while time.monotonic() < end:
            self._do_what_is_due(time.monotonic())
            if time.monotonic() >= next_fault:
                self._harm()
                next_fault = time.monotonic() + self._chance.uniform(*_BETWEEN_S)
            self._fleet.check(self._away)
            time.sleep(0.02)
        self._do_what_is_due(float("inf"))

    def _do_what_is_due(self, now):
        while self._later and self._later[0][0] <= now:
            heapq.heappop(self._later)[2]()

    def _after(self, seconds, action):
        heapq.heappush(self._later, (time.monotonic() + seconds, next(self._order), action))

    def _harm(self):
        kind = self._chance.choices(self._kinds, [KINDS[kind] for kind in self._kinds])[0]
        {"kill-broker": self._kill_broker, "pause-broker": self._pause_broker, "kill-client": self._kill_client,
         "pause-client": self._pause_client, "twin": self._twin}[kind]()

    def _kill_broker(self):
        with self._events.fault("broker killed"):
            self._node.kill()
            time.sleep(self._chance.uniform(*_DOWN_S))
            self._node.start()

    def _pause_broker(self):
        with self._events.fault("broker paused"):
            os.kill(self._node.pid, signal.SIGSTOP)
            time.sleep(self._chance.uniform(*_BROKER_PAUSE_S))
            os.kill(self._node.pid, signal.SIGCONT)

    def _victim(self, wanted=None):
        """A client that nothing is done to now; None if there is none."""
        free = [driver for driver in self._fleet.drivers if driver not in self._away and (not wanted or driver.workload == wanted)]
        return self._chance.choice(free) if free else None

    def _kill_client(self):
        if not (driver := self._victim()):
            return
        fault = self._events.begin_fault(f"{driver.name} killed")
        driver.kill()
        self._events.crash(driver.first_proc)
        self._away.add(driver)

        def back():
            self._fleet.start(driver)
            self._away.discard(driver)
            self._events.end_fault(fault)
        self._after(self._chance.uniform(*_DOWN_S), back)

    def _pause_client(self, wanted=None):
        if not (driver := self._victim(wanted)):
            return None
        fault = self._events.begin_fault(f"{driver.name} paused")
        driver.pause()
        self._away.add(driver)

        def back():
            driver.resume()
            self._away.discard(driver)
            self._events.end_fault(fault)
        self._after(self._chance.uniform(*self._chance.choices(_CLIENT_PAUSES_S, (4, 3, 1))[0]), back)
        return driver

    def _twin(self):
        """Another process with the transactional ids of one that is paused, and wakes up as a zombie."""
        wanted = self._chance.choice(["w3", "w4"])
        if paused := self._pause_client(wanted):
            self._fleet.add_twin(paused)
