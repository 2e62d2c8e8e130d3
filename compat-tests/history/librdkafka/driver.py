"""A process of clients under test, as src/drive/Driver.java: driver.py BOOTSTRAP FILE SEED SLOT FIRST-PROC WORKLOAD TOPICS PARTITIONS.

Knows the workloads w1, w2 and w3; a line on standard input, or its end, ends it.
"""
import os
import random
import sys
import threading
import time
import traceback

from confluent_kafka import KafkaException, TopicPartition

from clients import RecordedConsumer, RecordedProducer
from recording import Proc, Recorder

_SENDS_PER_TOPIC = 2048
_SENDS_PER_SECOND = 40


class Run:
    """What all threads share."""

    def __init__(self, bootstrap, path, seed, slot, first_proc, workload, topics, partitions):
        self.bootstrap, self.seed, self.slot, self.workload = bootstrap, int(seed), slot, workload
        self._recorder, self._next_proc = Recorder(path), int(first_proc)
        self.topics = [f"{workload}-{i}" for i in range(int(topics))]
        self.width = int(partitions)
        self.over = threading.Event()

    def next_proc(self):
        self._next_proc += 1
        number = self._next_proc - 1
        return Proc(self._recorder, number), random.Random(f"{self.seed}/{number}")

    def target(self, sends, chance):
        topic = self.topics[sends // _SENDS_PER_TOPIC % len(self.topics)]
        return TopicPartition(topic, chance.randrange(self.width))

    def partitions(self):
        return [TopicPartition(topic, i) for topic in self.topics for i in range(self.width)]


def write(run, proc, chance):
    """W1, W2: sends without transactions."""
    sends = 0
    while not run.over.is_set():
        producer = RecordedProducer(proc, run.bootstrap, chance, is_plain=chance.randrange(6) == 0)
        for _ in range(1500):
            if run.over.is_set() or producer.is_broken:
                break
            producer.send(run.target(sends, chance))
            sends += 1
            time.sleep(chance.uniform(0, 2 / _SENDS_PER_SECOND))
        producer.close()


def read(run, proc, chance):
    """W1: assigns partitions to itself, and now and then goes back in one."""
    while not run.over.is_set():
        consumer = RecordedConsumer(proc, run.bootstrap, chance.random() < 0.5)
        consumer.assign({partition: 0 for partition in run.partitions() if chance.randrange(3)})
        for _ in range(300):
            if run.over.is_set():
                break
            consumer.poll()
            if chance.randrange(60) == 0:
                moved = chance.choice(list(consumer.positions))
                consumer.assign(consumer.positions | {moved: max(consumer.positions[moved] - chance.randrange(300), 0)})
        consumer.close()


def be_member(run, proc, chance, protocol, is_automatic):
    """W2: in the groups of the Java client's members."""
    group = f"w2-{protocol}-{'auto' if is_automatic else 'manual'}"
    settings = {"group.id": group, "group.protocol": protocol, "enable.auto.commit": is_automatic, "auto.commit.interval.ms": 300,
                "auto.offset.reset": "earliest"}
    if protocol == "classic":
        settings |= {"session.timeout.ms": 6000, "heartbeat.interval.ms": 500}
    while not run.over.is_set():
        consumer = RecordedConsumer(proc, run.bootstrap, chance.random() < 0.5, **settings)
        consumer.subscribe(run.topics)
        for _ in range(chance.randrange(60, 180)):
            if run.over.is_set():
                break
            has_any = consumer.poll()
            if consumer.has_new_assignment or chance.randrange(25) == 0:
                consumer.has_new_assignment = False
                consumer.fetch_committed()
            if has_any:
                consumer.let_commit() if is_automatic else consumer.commit()
        consumer.close()


def transact(run, proc, chance):
    """W3: transactions of up to four sends and polls."""
    sends = 0
    while not run.over.is_set():
        producer = RecordedProducer(proc, run.bootstrap, chance, transactional_id=f"w3-{run.slot}-librdkafka")
        consumer = RecordedConsumer(proc, run.bootstrap, True)
        producer.init_transactions()
        consumer.assign({partition: 0 for partition in run.partitions()})
        for _ in range(400):
            if run.over.is_set() or producer.is_broken:
                break
            producer.begin()
            for _ in range(chance.randrange(1, 5)):
                if chance.randrange(5) == 0:
                    consumer.poll(0.02)
                else:
                    producer.send(run.target(sends, chance))
                    sends += 1
                time.sleep(chance.uniform(0, 0.008))
            producer.abort() if chance.randrange(5) == 0 else producer.commit()
            time.sleep(chance.uniform(0, 0.04))
        producer.close()
        consumer.close()


def _threads(run):
    if run.workload == "w1":
        return [(write,), (read,)]
    if run.workload == "w2":
        return [(write,)] + [(be_member, protocol, is_automatic)
                             for protocol in ("classic", "consumer") for is_automatic in (False, True)]
    return [(transact,)]


def _work(run, proc, chance, job, *arguments):
    """Until the run ends; a client that gives up is replaced."""
    while not run.over.is_set():
        try:
            job(run, proc, chance, *arguments)
        except KafkaException as error:
            proc.event("info", "crash", what="gave up", err=str(error))
            time.sleep(0.1)
        except Exception:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)


def main():
    run = Run(*sys.argv[1:])
    threads = []
    for job, *arguments in _threads(run):
        proc, chance = run.next_proc()
        threads.append(threading.Thread(target=_work, args=(run, proc, chance, job, *arguments)))
    for thread in threads:
        thread.start()
    sys.stdin.readline()
    run.over.set()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
