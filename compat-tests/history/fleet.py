"""All processes of clients of a run."""
from driver import Driver

# Of which workload so many processes.
_SLOTS = {"w1": 1, "w2": 2, "w3": 2, "w4": 2, "w5": 1}
# The workloads that other clients than Java's have drivers for, too.
_OF_OTHERS = ("w1", "w2", "w3")
_STOP_S = 120
_MOST_TWINS = 3


class Fleet:
    """Kills what is left at the end of its block."""

    def __init__(self, folder, address, seed, workloads, clients):
        self.drivers = []
        self._where = (folder, address, seed)
        self._twins = []
        self._next_proc = 16
        for workload in workloads:
            if "java" in clients:
                self.drivers += [Driver(*self._where, workload, slot) for slot in range(_SLOTS[workload])]
            if workload in _OF_OTHERS:
                self.drivers += [Driver(*self._where, workload, 0, client) for client in clients if client != "java"]
        if "w4" in workloads and "java" in clients:
            self.drivers.append(Driver(*self._where, "w4source", 0))

    def __enter__(self):
        for driver in self.drivers:
            self.start(driver)
        return self

    def __exit__(self, *_):
        for driver in self.drivers + self._twins:
            driver.kill()

    def start(self, driver):
        self._next_proc = driver.start(self._next_proc)

    def add_twin(self, driver):
        if len(self._twins) < _MOST_TWINS:
            twin = Driver(*self._where, driver.workload, int(driver.name.split("-")[1]))
            self._twins.append(twin)
            self.start(twin)

    def check(self, away):
        for driver in self.drivers + self._twins:
            if driver not in away:
                driver.check()

    def stop(self):
        """Those that copy last, when there is no more to come for them."""
        for copies in (False, True):
            ending = [driver for driver in self.drivers + self._twins if (driver.workload == "w4") == copies]
            for driver in ending:
                driver.tell_to_stop()
            for driver in ending:
                driver.await_end(_STOP_S)

    def read_all(self):
        """The final read."""
        reader = Driver(*self._where, "final", 0)
        self.start(reader)
        try:
            reader.await_end(300)
        finally:
            reader.kill()
