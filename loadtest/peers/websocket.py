"""A small WebSocket client over Python's own library, and a driver for each peer's way to talk."""

import base64
import json
import os
import socket
import ssl
import zlib

TIMEOUT_SECONDS = 20


class WebSocket:
    """One connection that sends and receives whole text messages, with permessage-deflate where asked for."""

    def __init__(self, port: int, path: str, secure: bool, deflates: bool):
        self.stream = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        if secure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.stream = context.wrap_socket(self.stream)
        self.buffer, self.was_compressed = b"", False
        key = base64.b64encode(os.urandom(16)).decode()
        head = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket",
                "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        if deflates:
            head.append("Sec-WebSocket-Extensions: permessage-deflate; "
                        "server_no_context_takeover; client_no_context_takeover")
        self.stream.sendall("\r\n".join([*head, "", ""]).encode())
        while b"\r\n\r\n" not in self.buffer:
            self._read()
        answer, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert answer.startswith(b"HTTP/1.1 101"), answer.decode()
        self.agreed_to_deflate = b"permessage-deflate" in answer
        assert self.agreed_to_deflate == deflates, "deflate was not agreed to as it should"

    def send(self, texts: list[str]) -> None:
        """Sends all of them in one write."""
        self.stream.sendall(b"".join(self._frame(text.encode()) for text in texts))

    def receive(self) -> str:
        message = b""
        while True:
            head = self._take(2)
            length = head[1] & 0x7F
            if length > 125:
                length = int.from_bytes(self._take(2 if length == 126 else 8), "big")
            payload, opcode = self._take(length), head[0] & 0x0F
            if opcode == 9:
                continue
            assert opcode < 3, f"opcode {opcode}: {payload!r}"
            if opcode:
                is_compressed = bool(head[0] & 0x40)
            message += payload
            if head[0] & 0x80:
                break
        if is_compressed:
            self.was_compressed = True
            message = zlib.decompressobj(-15).decompress(message + b"\x00\x00\xff\xff")
        return message.decode()

    def has_received(self) -> bool:
        """Whether anything waits to be read."""
        self.stream.setblocking(False)
        try:
            self.buffer += self.stream.recv(1 << 16)
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        self.stream.settimeout(TIMEOUT_SECONDS)
        return bool(self.buffer)

    def _frame(self, payload: bytes) -> bytes:
        mask, length = os.urandom(4), len(payload)
        if length < 126:
            head = bytes([0x81, 0x80 | length])
        elif length < 65536:
            head = bytes([0x81, 0x80 | 126]) + length.to_bytes(2, "big")
        else:
            head = bytes([0x81, 0x80 | 127]) + length.to_bytes(8, "big")
        repeated = (mask * (length // 4 + 1))[:length]
        masked = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
        return head + mask + masked.to_bytes(length, "big")

    def _take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._read()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _read(self) -> None:
        data = self.stream.recv(1 << 16)
        assert data, "the server closed the connection"
        self.buffer += data


class Subscriber:
    """All that one subscriber receives; on a peer with one channel per connection it has several."""

    def __init__(self, sockets: list[WebSocket], decode=lambda text: [text]):
        self.sockets, self.decode = sockets, decode
        self.counts, self.pending = [0] * len(sockets), []

    def receive(self) -> str:
        # Takes turns, so that each of several connections gives the same number of messages.
        while not self.pending:
            index = self.counts.index(min(self.counts))
            self.counts[index] += 1
            self.pending = self.decode(self.sockets[index].receive())
        return self.pending.pop(0)

    def was_compressed(self) -> bool:
        return all(connection.was_compressed for connection in self.sockets)


class Driver:
    """The protocol of floor, uWebSockets and node ws, and what the other drivers share."""

    has_echo = True

    def __init__(self, port: int, secure: bool, deflates: bool):
        self.open = lambda path: WebSocket(port, path, secure, deflates)
        self.deflates = deflates

    def subscriber(self, channels: list[str]) -> Subscriber:
        connection = self.open("/bench")
        for channel in channels:
            connection.send([f"S{channel}"])
            assert connection.receive() == "s"
        connection.send([f"R{channels[0]} 0"])
        assert connection.receive() == "r"
        return Subscriber([connection])

    def publisher(self, channels: list[str]) -> "Driver":
        self.connections = {channel: self.open("/bench") for channel in channels}
        return self

    def publish(self, channel: str, payloads: list[str]) -> None:
        self.connections[channel].send([f"P{channel} {payload}" for payload in payloads])

    def check_publisher_got_nothing(self) -> None:
        for connection in self.connections.values():
            assert not connection.has_received(), "a publisher that did not subscribe received something"

    def check_echo(self, payloads: list[str]) -> None:
        connection = self.open("/echo")
        connection.send(payloads)
        for payload in payloads:
            assert connection.receive() == payload, "echo changed a message"
        assert connection.was_compressed == self.deflates, "echo is not compressed as it should"


class NchanDriver(Driver):
    """One WebSocket per subscriber and channel; a publisher's WebSocket belongs to one channel too."""

    has_echo = False

    def subscriber(self, channels: list[str]) -> Subscriber:
        return Subscriber([self.open(f"/sub/{channel}") for channel in channels])

    def publisher(self, channels: list[str]) -> "NchanDriver":
        self.connections = {channel: self.open(f"/pub/{channel}") for channel in channels}
        return self

    def publish(self, channel: str, payloads: list[str]) -> None:
        self.connections[channel].send(payloads)


class CentrifugeDriver(Driver):
    """Commands and replies in JSON, several to a frame, one a line; methods are numbers in this version."""

    connect, subscribe, publish_method = 0, 1, 3

    def connection(self) -> WebSocket:
        connection = self.open("/connection/websocket")
        self.command(connection, 1, self.connect, {})
        assert "client" in json.loads(connection.receive())["result"]
        return connection

    def command(self, connection: WebSocket, number: int, method: int, parameters: dict) -> None:
        connection.send([json.dumps({"id": number, "method": method, "params": parameters})])

    def subscriber(self, channels: list[str]) -> Subscriber:
        connection = self.connection()
        for number, channel in enumerate(channels):
            self.command(connection, number + 2, self.subscribe, {"channel": channel})
            answer = json.loads(connection.receive())
            assert answer["id"] == number + 2 and "error" not in answer, answer
        return Subscriber([connection], self.publications)

    @staticmethod
    def publications(frame: str) -> list[str]:
        return [json.loads(line)["result"]["data"]["data"] for line in frame.splitlines()]

    def publisher(self, channels: list[str]) -> "CentrifugeDriver":
        self.connections = {channel: self.connection() for channel in channels}
        return self

    def publish(self, channel: str, payloads: list[str]) -> None:
        for number, payload in enumerate(payloads):
            parameters = {"channel": channel, "data": payload}
            self.command(self.connections[channel], number + 2, self.publish_method, parameters)


    def check_publisher_got_nothing(self) -> None:
        """Does not hold here: each publish is acknowledged."""


drivers = {"floor": Driver, "uwebsockets": Driver, "node-ws": Driver, "nchan": NchanDriver,
           "centrifuge": CentrifugeDriver}
