"""Ends what a run is made of, as a crash would."""
import time


def kill_one(chance, node, workers):
    """Ends the broker or a worker by kill -9, at random, and starts it again; its name, once all workers are ready."""
    victim = chance.choice([node, *workers])
    victim.kill()
    time.sleep(chance.uniform(0, 1))
    victim.start()
    for worker in workers:
        worker.await_ready()
    return "broker" if victim is node else victim.name
