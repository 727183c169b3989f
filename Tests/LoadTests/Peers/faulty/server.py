"""A server of the protocol in loadtest/peers/README.md that does one thing wrong, named by the variable FAULT.

It is what the load tool's own detection is tested with; `none` does nothing wrong. The fault is done to every tenth
delivery, so that the rest shows that the tool goes on counting.
"""

import asyncio
import base64
import hashlib
import os
import sys

FAULTS = ["none", "lose", "repeat", "reorder", "misroute", "damage", "cut", "invent", "refuse", "close", "silent"]
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
EVERY = 10

fault = os.environ.get("FAULT", "none")
assert fault in FAULTS, f"FAULT is one of {FAULTS}"


class Client:
    """One connection: reads messages, is sent frames."""

    opened = 0

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader, self.writer = reader, writer
        self.deliveries, self.held = 0, None
        Client.opened += 1
        self.number = Client.opened

    async def shake(self) -> bool:
        head = await self.reader.readuntil(b"\r\n\r\n")
        if fault == "refuse" and self.number == 2:
            self.writer.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
            return False
        fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        key = {name.lower(): value for name, value in fields.items()}[b"sec-websocket-key"]
        accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
        self.writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        return True

    async def message(self) -> tuple[int, bytes]:
        """The next frame's opcode and payload; clients of the load send each message in one."""
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length > 125:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
        mask = await self.reader.readexactly(4)
        payload = await self.reader.readexactly(length)
        return first & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))

    def send(self, payload: bytes, opcode: int = 1) -> None:
        length = len(payload)
        head = bytes([length]) if length < 126 else b"\x7e" + length.to_bytes(2, "big")
        self.writer.write(bytes([0x80 | opcode]) + head + payload)

    def deliver(self, payload: bytes, room: bytes) -> None:
        """Sends a publication, or what FAULT makes of it."""
        self.deliveries += 1
        is_chosen = self.deliveries % EVERY == 0
        if self.held is not None:
            held, self.held = self.held, None
            self.send(payload)
            self.send(held)
        elif not is_chosen:
            self.send(payload)
        elif fault == "lose":
            pass
        elif fault == "repeat":
            self.send(payload)
            self.send(payload)
        elif fault == "reorder":
            self.held = payload
        elif fault == "misroute":
            self.send(payload)
            for other, subscribers in rooms.items():
                if other != room:
                    subscribers[0].send(payload)
        elif fault == "damage":
            self.send(payload[:100] + bytes([payload[100] ^ 1]) + payload[101:])
        elif fault == "cut":
            self.send(payload[:120])
        elif fault == "invent":
            self.send(payload)
            self.send(b"A" * len(payload))
        elif fault == "close":
            self.send((1011).to_bytes(2, "big"), opcode=8)
        else:
            self.send(payload)


rooms: dict[bytes, list[Client]] = {}


def act(client: Client, text: bytes) -> None:
    if text[:1] == b"S" and fault != "silent":
        rooms.setdefault(text[1:], []).append(client)
        client.send(b"s")
    elif text[:1] == b"P":
        room, payload = text[1:].split(b" ", 1)
        for subscriber in rooms.get(room, []):
            subscriber.deliver(payload, room)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    client = Client(reader, writer)
    try:
        if not await client.shake():
            return
        while True:
            opcode, text = await client.message()
            if opcode == 8:
                return
            act(client, text)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        for subscribers in rooms.values():
            if client in subscribers:
                subscribers.remove(client)
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    print(f"version: faulty, {fault}", flush=True)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
