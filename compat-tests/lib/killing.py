"""Ends what a run is made of, as a crash would."""
import time


def kill_one(chance, node, others):
    """Ends the broker or one of the others by kill -9, at random, and starts it again; its name."""
    victim = chance.choice([node, *others])
    victim.kill()
    time.sleep(chance.uniform(0, 1))
    victim.start()
    return "broker" if victim is node else victim.name
