"""Connections to a broker, and the frames on them."""
import random
import socket
import struct

LARGEST_FRAME = 104857600  # socket.request.max.bytes


def free_port():
    """A TCP port of loopback that nothing listens on, below the range the kernel hands out itself."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def connect(address, timeout_s=10.0):
    host, _, port = address.rpartition(":")
    connection = socket.create_connection((host, int(port)), timeout_s)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def framed(payload):
    return struct.pack(">i", len(payload)) + payload


def read_exactly(connection, size):
    data = bytearray()
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise ConnectionError("closed by the broker")
        data += piece
    return bytes(data)


def read_answer(connection):
    """The payload of a response frame."""
    (size,) = struct.unpack(">i", read_exactly(connection, 4))
    if not 4 <= size <= LARGEST_FRAME:
        raise ConnectionError(f"an answer of {size} bytes")
    return read_exactly(connection, size)


def ask(connection, frame):
    connection.sendall(frame)
    return read_answer(connection)
