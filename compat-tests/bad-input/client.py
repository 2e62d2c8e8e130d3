"""Connections that send whatever they like, and what a broker may answer to it."""
import select
import socket
import struct
import time

from connection import LARGEST_FRAME, connect, framed

PRODUCE = 0


def api_versions(correlation_id):
    """A well-formed request of a version that has an empty body."""
    return framed(struct.pack(">hhih", 18, 0, correlation_id, -1))


def cut_into_frames(stream):
    """(key, correlation id) of each whole frame that a broker finds, up to the first that closes the connection."""
    at = 0
    while at + 4 <= len(stream):
        (size,) = struct.unpack_from(">i", stream, at)
        if not 0 <= size <= LARGEST_FRAME or at + 4 + size > len(stream):
            return
        if size < 8:
            return
        key, _, correlation_id = struct.unpack_from(">hhi", stream, at + 4)
        yield key, correlation_id
        at += 4 + size


def fault_of_answers(sent, received, wants_all=False):
    """What is wrong with all that came back, or None. Each whole request is answered in its turn, but for Produce, which may
    ask for no answer; the first that is not is the last thing on its connection. If all are wanted, only Produce, which may want no answer to a
    failure either, may be that."""
    answered = []
    at = 0
    while at < len(received):
        if at + 8 > len(received):
            return f"the answers end within a header: {received[at:].hex()}"
        size, correlation_id = struct.unpack_from(">ii", received, at)
        if size < 4 or at + 4 + size > len(received):
            return f"an answer of {size} bytes, {len(received) - at - 4} of which came"
        answered.append(correlation_id)
        at += 4 + size
    asked = list(cut_into_frames(sent))
    left = list(asked)
    for correlation_id in answered:
        while left and left[0][1] != correlation_id and left[0][0] == PRODUCE:
            left.pop(0)
        if not left or left[0][1] != correlation_id:
            return f"answers to {answered} where {asked} were asked"
        left.pop(0)
    return f"closed with {left} unanswered" if wants_all and left and left[0][0] != PRODUCE else None


class Exchange:
    """One connection: sends it all, ends its sending side, and takes what comes until the broker closes."""

    def __init__(self, address, sent):
        self.sent, self.received, self.is_over = sent, bytearray(), False
        self._socket = connect(address)
        try:
            self._socket.sendall(sent)
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # closed by the broker already, which is an answer
        self.began = time.monotonic()

    def take(self, timeout_s):
        """Whether the broker has closed within that time."""
        deadline = time.monotonic() + timeout_s
        while not self.is_over:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._socket], [], [], left)[0]:
                return False
            try:
                piece = self._socket.recv(1 << 16)
            except ConnectionResetError:
                piece = b""
            self.received += piece
            if not piece:
                self.close()
        return True

    def close(self):
        self.is_over = True
        self._socket.close()

    def fault(self, wants_all=False):
        return fault_of_answers(self.sent, bytes(self.received), wants_all)
