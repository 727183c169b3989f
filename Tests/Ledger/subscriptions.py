"""A node's WebSocket (RFC 6455): tells its clients of accounts that have changed, and of slots."""

import base64
import hashlib
import json
import struct
import threading

KEY = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Client:
    """One connection; its own thread reads, whoever changes the ledger writes."""

    def __init__(self, handler):
        self.handler = handler
        self.lock = threading.Lock()
        self.accounts = {}

    def send(self, message):
        payload = json.dumps(message).encode()
        size = len(payload)
        head = bytes([0x81, size]) if size < 126 else bytes([0x81, 126]) + struct.pack(">H", size)
        with self.lock:
            try:
                self.handler.wfile.write(head + payload)
            except OSError:
                pass

    def read(self, count):
        data = self.handler.rfile.read(count)
        if len(data) < count:
            raise ConnectionError
        return data

    def receive(self):
        """The next message, or None at the end; clients send short ones in one frame."""
        first, second = self.read(2)
        size = second & 127
        if size == 126:
            size = struct.unpack(">H", self.read(2))[0]
        mask = self.read(4)
        payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(self.read(size)))
        return json.loads(payload) if first & 15 == 1 else None


class Subscriptions:
    def __init__(self, chain, lock):
        self.chain = chain
        self.chain_lock = lock
        self.clients = []
        self.numbers = 0
        # A node that takes subscriptions and never tells of anything.
        self.silent = False

    def count(self):
        return sum(len(client.accounts) for client in self.clients)

    def cut(self):
        for client in list(self.clients):
            client.handler.connection.shutdown(2)

    def told(self):
        """Whether an account has changed is seen after every act."""
        for client in list(self.clients):
            client.send({"jsonrpc": "2.0", "method": "slotNotification", "params": {"result": {"slot": self.chain.slot}}})
            for number, (address, seen) in list(client.accounts.items()):
                now = self._state(address)
                if now == seen:
                    continue
                client.accounts[number] = (address, now)
                if not self.silent:
                    result = {"context": {"slot": self.chain.slot}, "value": None}
                    params = {"result": result, "subscription": number}
                    client.send({"jsonrpc": "2.0", "method": "accountNotification", "params": params})

    def _state(self, address):
        account = self.chain.get(address)
        return account and (bytes(account.data), account.lamports)

    def serve(self, handler):
        answer = hashlib.sha1((handler.headers["Sec-WebSocket-Key"] + KEY).encode()).digest()
        handler.send_response(101)
        handler.send_header("Upgrade", "websocket")
        handler.send_header("Connection", "Upgrade")
        handler.send_header("Sec-WebSocket-Accept", base64.b64encode(answer).decode())
        handler.end_headers()
        handler.close_connection = True
        client = Client(handler)
        self.clients.append(client)
        try:
            while (message := client.receive()) is not None:
                with self.chain_lock:
                    self._answer(client, message)
        except (ConnectionError, OSError):
            pass
        finally:
            self.clients.remove(client)

    def _answer(self, client, message):
        self.numbers += 1
        result = self.numbers
        if message["method"] == "accountSubscribe":
            address = message["params"][0]
            client.accounts[self.numbers] = (address, self._state(address))
        elif message["method"] == "accountUnsubscribe":
            result = client.accounts.pop(message["params"][0], None) is not None
        client.send({"jsonrpc": "2.0", "result": result, "id": message["id"]})
