"""librdkafka's mock cluster, which answers requests with whatever error it is told to. It comes with
the Python client's own library; brokers listen on real sockets, so that the daemon can read from it."""

import ctypes
import pathlib

import confluent_kafka

# As in rdkafka.h and the protocol.
PRODUCER = 0
FETCH, LIST_OFFSETS, METADATA, OFFSET_FOR_LEADER_EPOCH = 1, 2, 3, 23
NOT_LEADER, UNKNOWN_TOPIC_OR_PART, LEADER_NOT_AVAILABLE = 6, 3, 5
UNKNOWN_TOPIC_ID, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, REQUEST_TIMED_OUT = 100, 74, 75, 7


def _library() -> ctypes.CDLL:
    folder = pathlib.Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs"
    (path,) = folder.glob("librdkafka*")
    library = ctypes.CDLL(str(path))
    for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_mock_cluster_new"):
        getattr(library, name).restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    return library


class MockKafka:
    def __init__(self, brokers: int = 3):
        self.library = _library()
        why = ctypes.create_string_buffer(256)
        conf = self.library.rd_kafka_conf_new()
        self.client = ctypes.c_void_p(self.library.rd_kafka_new(PRODUCER, ctypes.c_void_p(conf), why, 256))
        assert self.client, why.value
        self.cluster = ctypes.c_void_p(self.library.rd_kafka_mock_cluster_new(self.client, brokers))
        assert self.cluster
        self.library.rd_kafka_mock_set_controller_id(self.cluster, 1)

    @property
    def brokers(self) -> str:
        return self.library.rd_kafka_mock_cluster_bootstraps(self.cluster).decode()

    def create_topic(self, topic: str, partitions: int):
        assert self.library.rd_kafka_mock_topic_create(self.cluster, topic.encode(), partitions, 1) == 0

    def move_leader(self, topic: str, partition: int, broker: int):
        assert self.library.rd_kafka_mock_partition_set_leader(
            self.cluster, topic.encode(), partition, broker) == 0

    def fail_requests(self, kind: int, *errors: int):
        """The next requests of this kind get these errors, one each."""
        array = (ctypes.c_int * len(errors))(*errors)
        self.library.rd_kafka_mock_push_request_errors_array(
            self.cluster, ctypes.c_int16(kind), ctypes.c_size_t(len(errors)), array)

    def close(self):
        self.library.rd_kafka_mock_cluster_destroy(self.cluster)
        self.library.rd_kafka_destroy(self.client)
