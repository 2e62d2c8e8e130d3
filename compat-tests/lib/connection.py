"""Connections to a broker, and the frames on them."""
import socket
import struct

LARGEST_FRAME = 104857600  # socket.request.max.bytes


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
