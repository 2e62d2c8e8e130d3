"""A client that says exactly what a test wants said."""
import messages
from connection import connect
from waiting import until


class Client:
    """One connection, and the few calls that tests make again and again. Raises AssertionError where an answer has an error."""

    def __init__(self, address):
        self._connection = connect(address, 60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def call(self, name, version, **values):
        return messages.call(self._connection, name, version, values)

    def create_topic(self, name, partitions=1, **configs):
        """Returns when it is served."""
        settings = [{"Name": key.replace("_", "."), "Value": str(value)} for key, value in configs.items()]
        answer = self.call("CreateTopics", 7, timeoutMs=30000, Topics=[
            {"Name": name, "NumPartitions": partitions, "ReplicationFactor": 1, "Configs": settings}])
        self._no_error(answer["Topics"][0])
        self.await_topic(name, partitions)

    def await_topic(self, name, partitions=1):
        """Until it is served."""
        for partition in range(partitions):
            until(lambda: self._list_offset(name, partition, -1)["ErrorCode"] == 0, f"{name}-{partition} is served")

    def produce(self, topic, batch, partition=0):
        """The offset of its first record."""
        answer = self.call("Produce", 12, Acks=-1, TimeoutMs=30000, TopicData=[
            {"Name": topic, "PartitionData": [{"Index": partition, "Records": batch}]}])
        return self._no_error(answer["Responses"][0]["PartitionResponses"][0])["BaseOffset"]

    def fetch(self, topic, offset, partition=0, max_bytes=1 << 20, max_wait_ms=0):
        """The batches from the one that holds the offset."""
        answer = self.call("Fetch", 12, MaxWaitMs=max_wait_ms, MinBytes=1, MaxBytes=max_bytes, SessionEpoch=-1, Topics=[
            {"Topic": topic, "Partitions": [
                {"Partition": partition, "FetchOffset": offset, "PartitionMaxBytes": max_bytes}]}])
        return self._no_error(answer["Responses"][0]["Partitions"][0])["Records"] or b""

    def end_offset(self, topic, partition=0):
        return self._no_error(self._list_offset(topic, partition, -1))["Offset"]

    def start_offset(self, topic, partition=0):
        return self._no_error(self._list_offset(topic, partition, -2))["Offset"]

    def _list_offset(self, topic, partition, timestamp):
        answer = self.call("ListOffsets", 7, ReplicaId=-1, Topics=[
            {"Name": topic, "Partitions": [{"PartitionIndex": partition, "Timestamp": timestamp}]}])
        return answer["Topics"][0]["Partitions"][0]

    def commit(self, group, topic, offset, partition=0, metadata=""):
        """Waits for the coordinator."""
        def code():
            answer = self.call("OffsetCommit", 8, GroupId=group, GenerationIdOrMemberEpoch=-1, Topics=[
                {"Name": topic, "Partitions": [
                    {"PartitionIndex": partition, "CommittedOffset": offset, "CommittedMetadata": metadata}]}])
            return answer["Topics"][0]["Partitions"][0]["ErrorCode"]
        self.find_coordinator(group)
        until(lambda: code() == 0, f"a commit of {group}")

    def committed(self, group, topic, partition=0):
        answer = self.call("OffsetFetch", 7, GroupId=group, Topics=[{"Name": topic, "PartitionIndexes": [partition]}])
        self._no_error(answer)
        return self._no_error(answer["Topics"][0]["Partitions"][0])["CommittedOffset"]

    def find_coordinator(self, group):
        until(lambda: self.call("FindCoordinator", 4, KeyType=0, CoordinatorKeys=[group])["Coordinators"][0]["ErrorCode"] == 0,
              f"the coordinator of {group}")

    def alter_config(self, kind, resource, **configs):
        settings = [{"Name": key.replace("_", "."), "ConfigOperation": 0, "Value": str(value)} for key, value in configs.items()]
        answer = self.call("IncrementalAlterConfigs", 1, Resources=[
            {"ResourceType": kind, "ResourceName": resource, "Configs": settings}])
        self._no_error(answer["Responses"][0])

    def describe_configs(self, kind, resource, *names):
        """Name to (value, source)."""
        answer = self.call("DescribeConfigs", 4, Resources=[
            {"ResourceType": kind, "ResourceName": resource, "ConfigurationKeys": list(names) or None}])
        found = self._no_error(answer["Results"][0])["Configs"]
        return {each["Name"]: (each["Value"], each["ConfigSource"]) for each in found}

    @staticmethod
    def _no_error(part):
        if part["ErrorCode"] != 0:
            raise AssertionError(f"error {part['ErrorCode']}: {part.get('ErrorMessage')}")
        return part
