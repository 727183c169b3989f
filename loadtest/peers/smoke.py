#!/usr/bin/env python3
"""Starts each peer that is installed and checks that it does what the benchmark takes for granted.

Three subscribers on two channels, a burst in one write, payloads of every length form, a subscriber that
reads late, echo; plain, with TLS and with permessage-deflate. Prints a table; the exit status is 1 when an
installed peer fails. Needs Python alone, and openssl for a certificate. Names of peers try only those.
"""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from websocket import Driver, drivers

HERE = pathlib.Path(__file__).parent
PEERS = ["floor", "uwebsockets", "node-ws", "nchan", "centrifuge"]
START_SECONDS = 300  # the first start of a peer compiles it
PAYLOADS = [
    "first", "x" * 200, "y" * 70_000, "emoji 🎓 and \"quotes\"", *(f"burst {n}" for n in range(64)), "end"]
LATE_PAYLOADS = [f"{n} " + "z" * 60_000 for n in range(400)]  # more than the kernel holds for one connection


class Server:
    """A running peer, its version, and what it said."""

    def __init__(self, name: str, options: list[str]):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [HERE / name / "run", str(self.port), *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.version = ""

    def wait_until_ready(self) -> int | None:
        """None when it listens, else its exit status."""
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if line.startswith("version: "):
                    self.version = line.removeprefix("version: ").strip()
                if line.strip() == "ready":
                    return None
            return self.process.wait()
        finally:
            watchdog.cancel()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("does not end on SIGTERM")


def check(driver: Driver) -> None:
    """Fails with an AssertionError or OSError unless every delivery arrives, in order, where it belongs."""
    expected = {channel: [f"{channel} {payload}" for payload in PAYLOADS] for channel in ("c1", "c2")}
    subscribers = [(driver.subscriber(names), names) for names in (["c1"], ["c2"], ["c1", "c2"])]
    publisher = driver.publisher([*expected, "c3"])
    for channel, payloads in expected.items():
        publisher.publish(channel, payloads)
    for subscriber, names in subscribers:
        got = {name: [] for name in names}
        for _ in range(sum(len(expected[name]) for name in names)):
            text = subscriber.receive()
            got.setdefault(text[:2], []).append(text)
        assert got == {name: expected[name] for name in names}, f"wrong deliveries on {names}"
        assert subscriber.was_compressed() == driver.deflates, "deliveries are not compressed as agreed"
    check_late_reader(driver, publisher)
    driver.check_publisher_got_nothing()
    if driver.has_echo:
        driver.check_echo(PAYLOADS)


def check_late_reader(driver: Driver, publisher: Driver) -> None:
    """Nothing is dropped of what waits for a subscriber: the peers' limits are out of the way."""
    late = driver.subscriber(["c3"])
    prompt = driver.subscriber(["c3"])
    # In small bursts: uWebSockets closes a TLS connection of which more than 512 KiB wait to be read.
    for start in range(0, len(LATE_PAYLOADS), 5):
        burst = LATE_PAYLOADS[start:start + 5]
        publisher.publish("c3", burst)
        assert [prompt.receive() for _ in burst] == burst, "a prompt reader misses something"
    assert [late.receive() for _ in LATE_PAYLOADS] == LATE_PAYLOADS, "a late reader misses something"


def attempt(name: str, options: list[str], secure: bool, deflates: bool) -> tuple[str, str]:
    """The version and `works`, `no` (the peer does not have it), `not installed: …` or what went wrong."""
    server = Server(name, options)
    status = server.wait_until_ready()
    if status is not None:
        message = server.process.stderr.read().strip()
        return server.version, {2: "no", 3: message}.get(status, f"FAILED to start: {message}")
    result = "works"
    try:
        check(drivers[name](server.port, secure, deflates))
    except (AssertionError, OSError) as error:
        result = f"FAILED: {error}"
    try:
        server.stop()
    except AssertionError as error:
        result = f"FAILED: {error}"
    return server.version, result


def make_certificate(folder: str) -> tuple[str, str]:
    certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=localhost"],
        check=True, capture_output=True)
    return certificate, key


def main() -> int:
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = make_certificate(folder)
        rows = [("peer", "plain", "TLS", "deflate", "version")]
        for name in sys.argv[1:] or PEERS:
            version, plain = attempt(name, [], False, False)
            cells = [plain]
            if plain == "works":
                cells.append(attempt(name, ["--tls", certificate, key], True, False)[1])
                cells.append(attempt(name, ["--deflate"], False, True)[1])
            failed |= any(cell.startswith("FAILED") for cell in cells)
            rows.append((name, *(cells + ["", ""])[:3], version))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
