"""confluent-kafka's producer and consumer with every call and outcome in the history."""
import struct
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from recording import HEADER, digest, payload, value_of

_CLIENT = "confluent-kafka-2.16.1"
_MOST_AT_ONCE = 50
_COMMON = {"reconnect.backoff.ms": 50, "reconnect.backoff.max.ms": 300, "retry.backoff.ms": 50, "socket.timeout.ms": 4000,
           "log_level": 4}
# With these a broker refuses a record before it is in the log.
_PRE_APPEND = {
    KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_RECORD, KafkaError.INVALID_TIMESTAMP, KafkaError.INVALID_REQUIRED_ACKS,
    KafkaError.NOT_ENOUGH_REPLICAS, KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED}


def name_of(partition):
    return f"{partition.topic}/{partition.partition}"


class RecordedProducer:
    """One session of its proc. A transactional id makes it transactional; is_plain: each record is sent once."""

    def __init__(self, proc, bootstrap, chance, is_plain=False, transactional_id=None):
        settings = _COMMON | {
            "bootstrap.servers": bootstrap, "linger.ms": chance.randrange(6), "acks": "all",
            "compression.type": chance.choice(["none", "gzip", "snappy", "lz4", "zstd"]),
            # An idempotent producer that gives up a record begins a new epoch, and sends again what is on its way: as new ones.
            **({"retries": 0, "message.timeout.ms": 5000} if is_plain else {"enable.idempotence": True, "message.timeout.ms": 120000})}
        if transactional_id:
            settings |= {"transactional.id": transactional_id, "transaction.timeout.ms": 20000, "message.timeout.ms": 15000}
        self._proc, self._is_plain, self._transaction = proc, is_plain, -1
        self._producer = Producer(settings)
        self.is_broken = False
        proc.event("ok", "session", role="producer", client=_CLIENT, idempotent=not is_plain)

    def send(self, partition):
        value = self._proc.next_value()
        content, timestamp_ms = payload(value), int(time.time() * 1000)
        headers = [(HEADER, struct.pack(">q", value))] if value % 3 == 0 else []
        fields = {"txn": self._transaction} if self._transaction >= 0 else {}
        self._proc.event("invoke", "send", v=value, k=name_of(partition), d=digest(timestamp_ms, None, content, headers), **fields)
        try:
            self._producer.produce(
                partition.topic, content, partition=partition.partition, timestamp=timestamp_ms, headers=headers,
                on_delivery=lambda error, message: self._record_outcome(value, error, message))
        except (BufferError, KafkaException) as error:
            # It never left the client.
            self._proc.event("fail", "send", v=value, err=str(error))
        self._producer.poll(0)

    def _record_outcome(self, value, error, message):
        if error is None:
            # None where the broker knew only that it has it already.
            offset = message.offset()
            self._proc.event("ok", "send", v=value, off=-1 if offset is None else offset)
            return
        kind = "fail" if self._is_plain and error.code() in _PRE_APPEND else "info"
        self._proc.event(kind, "send", v=value, err=str(error))
        self.is_broken |= error.fatal()

    def init_transactions(self):
        self._producer.init_transactions(30)

    def begin(self):
        self._producer.begin_transaction()
        self._transaction = self._proc.next_value()
        self._proc.event("ok", "txn_begin", txn=self._transaction)

    def commit(self):
        self._end("commit", self._producer.commit_transaction)
        if self._transaction >= 0 and not self.is_broken:
            self.abort()

    def abort(self):
        # A record that an abort takes out of the queue may be in the log, and the next has its sequence number then, and is
        # taken for it by any broker: acknowledged, and lost.
        if self._producer.flush(15) > 0:
            self.is_broken = True
            return
        self._end("abort", self._producer.abort_transaction)
        self.is_broken |= self._transaction >= 0

    def _end(self, function, call):
        self._proc.event("invoke", function, txn=self._transaction)
        try:
            call(10)
            self._proc.event("ok", function, txn=self._transaction)
            self._transaction = -1
        except KafkaException as error:
            self._proc.event("info", function, txn=self._transaction, err=str(error))
            # What may be asked again is in doubt: this producer is given up.
            self.is_broken |= not error.args[0].txn_requires_abort()

    def close(self):
        if not self.is_broken:
            self._producer.flush(20)


class RecordedConsumer:
    """One session of its proc."""

    def __init__(self, proc, bootstrap, is_committed, **settings):
        self._proc, self._is_committed, self._group = proc, is_committed, settings.get("group.id", "unused")
        self._consumer = Consumer(_COMMON | {
            "bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False, "auto.offset.reset": "error",
            "isolation.level": "read_committed" if is_committed else "read_uncommitted", "fetch.wait.max.ms": 200,
            "enable.auto.offset.store": False} | settings)
        self._gathered = None
        self.has_new_assignment = False
        self.positions = {}
        proc.event("ok", "session", role="consumer", client=_CLIENT, committed=is_committed)

    def assign(self, positions):
        """Offsets by partition."""
        self._proc.event("ok", "assign", ops=[[name_of(partition), offset] for partition, offset in positions.items()])
        # Not OFFSET_BEGINNING: librdkafka may look that up late, on any broker, and go back behind a newer assignment.
        self._consumer.assign([TopicPartition(partition.topic, partition.partition, offset) for partition, offset in positions.items()])
        self.positions = dict(positions)

    def subscribe(self, topics):
        self._proc.event("ok", "subscribe")
        self._consumer.subscribe(topics, on_assign=lambda _, partitions: self._rebalanced("assigned", partitions),
                                 on_revoke=lambda _, partitions: self._rebalanced("revoked", partitions),
                                 on_lost=lambda _, partitions: self._rebalanced("lost", partitions))

    def _rebalanced(self, what, partitions):
        # What was gathered so far is of the assignment before.
        is_within_poll = self._gathered is not None
        if is_within_poll:
            self._end_poll()
        self._proc.event("ok", "rebalance", what=what, ops=[[name_of(partition)] for partition in partitions])
        for partition in partitions:
            self.positions.pop(TopicPartition(partition.topic, partition.partition), None)
        self.has_new_assignment |= what == "assigned"
        if is_within_poll:
            self._begin_poll()

    def _begin_poll(self):
        self._gathered = []
        self._proc.event("invoke", "poll")

    def _end_poll(self):
        self._proc.event("ok", "poll", ops=self._gathered)
        self._gathered = None

    def poll(self, timeout_s=0.2):
        """Moves the positions behind what was read; true if there was anything."""
        self._begin_poll()
        has_any = False
        message = self._consumer.poll(timeout_s)
        while message is not None:
            if message.error():
                if message.error().code() == KafkaError._AUTO_OFFSET_RESET:
                    self._end_poll()
                    at = TopicPartition(message.topic(), message.partition())
                    self._proc.event("ok", "out_of_range", ops=[[name_of(at), self.positions.get(at, 0)]], err=str(message.error()))
                    raise KafkaException(message.error())
            else:
                partition = TopicPartition(message.topic(), message.partition())
                self._gathered.append([name_of(partition), message.offset(), value_of(message.value(), message.headers()), digest(
                    message.timestamp()[1], message.key(), message.value(), message.headers())])
                self.positions[partition] = message.offset() + 1
                has_any = True
            message = self._consumer.poll(0) if len(self._gathered) < _MOST_AT_ONCE else None
        self._end_poll()
        return has_any

    def _offsets(self):
        return [TopicPartition(partition.topic, partition.partition, offset) for partition, offset in self.positions.items()]

    def commit(self):
        offsets = self._offsets()
        if not offsets:
            return
        self._proc.event("invoke", "commit_offsets", group=self._group, ops=[[name_of(each), each.offset] for each in offsets])
        try:
            results = self._consumer.commit(offsets=offsets, asynchronous=False)
            is_ok = not any(result.error for result in results)
        except KafkaException:
            is_ok = False
        self._proc.event("ok" if is_ok else "info", "commit_offsets")

    def let_commit(self):
        """The client may commit what was read, from now on, when it pleases."""
        offsets = self._offsets()
        if not offsets:
            return
        self._proc.event("invoke", "commit_offsets", group=self._group, auto=True, ops=[[name_of(each), each.offset] for each in offsets])
        try:
            self._consumer.store_offsets(offsets=offsets)
        except KafkaException:
            # No longer assigned.
            return

    def fetch_committed(self):
        try:
            assigned = self._consumer.assignment()
            if not assigned:
                return
            self._proc.event("invoke", "fetch_committed")
            found = self._consumer.committed(assigned, 10)
        except KafkaException as error:
            self._proc.event("info", "fetch_committed", err=str(error))
            return
        # librdkafka waits for transactions only where it reads what is committed.
        self._proc.event("ok", "fetch_committed", group=self._group, stable=self._is_committed,
                         ops=[[name_of(each), max(each.offset, -1)] for each in found if not each.error])

    def close(self):
        self._consumer.close()
