import JSON
import Outbound
import Reactor

extension StoaClient {
    // MARK: Connecting

    func connect() async {
        guard let host else { return }
        if case .ended = state { return }
        change(.connecting)
        connection += 1
        let number = connection
        do {
            let secret = try await token()
            let addresses = try await Resolver.addresses(of: url.host, port: url.port)
            let tls = url.isSecure ? try TLSContext(authorityPath: options.authorityPath) : nil
            guard number == connection else { return }
            let (stream, events) = AsyncStream<WebSocketClientEvent>.makeStream()
            let socket = WebSocketClient(on: host, url: url, tls: tls, subprotocols: ["stoa.v1"]) { event in
                events.yield(event)
                if case .closed = event { events.finish() }
            }
            self.socket = socket
            Task { [weak self] in
                for await event in stream { await self?.handle(event, of: number, secret) }
            }
            socket.open(addresses)
        } catch {
            lost("\(error)")
        }
    }

    private func handle(_ event: WebSocketClientEvent, of number: Int, _ secret: String) {
        guard number == connection else { return }
        lastHeard = MonotonicClock.milliseconds()
        switch event {
        case .opened:
            write(.object([JSONMember("type", .string("auth")), JSONMember("token", .string(secret))]))
        case .text(let bytes):
            if let message = try? JSONValue(parsing: bytes.span) { receive(message) }
        case .binary, .heard: break
        case .closed(let code, let reason): closed(code, reason)
        }
    }

    private func closed(_ code: UInt16?, _ reason: String) {
        socket = nil
        guard let code, (4500..<5000).contains(code) else { return lost(reason) }
        end("\(code) \(reason)")
    }

    /// The connection is gone: requests fail, messages wait, and a new try comes later.
    private func lost(_ reason: String) {
        if case .ended = state { return }
        socket = nil
        connection += 1
        heartbeat?.cancel()
        renewal?.cancel()
        for room in rooms.keys { rooms[room]?.isJoined = false }
        outbox.forgetSent()
        let waiting = pending
        (pending, sends) = ([:], [:])
        for continuation in waiting.values { continuation.resume(throwing: StoaError.disconnected) }
        // What is left of the server's hint; where it is over, everybody comes at once, and spreads by chance.
        let hinted = reconnectAt.map { $0 - MonotonicClock.milliseconds() } ?? 0
        let delay = hinted > 0 ? hinted : backoff.next()
        reconnectAt = nil
        change(.offline(retryMilliseconds: delay, reason: reason))
        retry = Task { [weak self] in
            try? await Task.sleep(for: .milliseconds(delay))
            guard !Task.isCancelled else { return }
            await self?.connect()
        }
    }

    func end(_ reason: String) {
        if case .ended = state { return }
        change(.ended(reason))
        connection += 1
        heartbeat?.cancel()
        retry?.cancel()
        renewal?.cancel()
        let error = StoaError.ended(reason)
        for continuation in pending.values { continuation.resume(throwing: error) }
        for continuation in receipts.values { continuation.resume(throwing: error) }
        for continuation in waiters { continuation.resume(throwing: error) }
        (pending, receipts, waiters) = ([:], [:], [])
        tell.finish()
    }

    private func change(_ newer: ClientState) {
        guard state != newer || newer == .connecting else { return }
        state = newer
        tell.yield(.state(newer))
    }

    // MARK: Signed in

    private func receive(_ message: JSONValue) {
        let type = message["type"]?.string ?? ""
        if type == "welcome" { return welcome(message) }
        if let id = message["id"]?.string, let clientID = sends.removeValue(forKey: id) {
            return delivered(clientID, message)
        }
        if let id = message["id"]?.string, let continuation = pending.removeValue(forKey: id) {
            if type == "error" {
                continuation.resume(throwing: StoaClient.error(message))
            } else {
                if type == "joined" { joined(message) }
                continuation.resume(returning: message)
            }
            return
        }
        if type == "reconnect", let delay = message["after_ms"]?.integer {
            reconnectAt = MonotonicClock.milliseconds() + delay
        }
        push(type, message)
    }

    static func error(_ message: JSONValue) -> StoaError {
        .refused(
            code: message["code"]?.string ?? "", message: message["message"]?.string ?? "",
            field: message["field"]?.string, retryAfterMilliseconds: message["retry_after_ms"]?.integer)
    }

    private func welcome(_ message: JSONValue) {
        backoff.reset()
        pingMilliseconds = message["ping_ms"]?.integer ?? 25_000
        change(.catchingUp)
        startHeartbeat()
        if let expiry = message["expires_at"]?.integer, let now = message["at"]?.integer {
            startRenewal(expiry - now)
        }
        let waiting = waiters
        waiters = []
        for continuation in waiting { continuation.resume() }
        let number = connection
        Task { [weak self] in await self?.resume(number) }
    }

    /// Enters all rooms again, each from where this client was.
    private func resume(_ number: Int) async {
        for room in rooms.keys.sorted() where rooms[room]?.isJoined == false {
            do {
                _ = try await enter(room, history: 0, invitation: nil)
            } catch StoaError.refused(_, _, _, .some(let retryAfter)) {
                // The server cannot for now: that is no reason to leave the room.
                try? await Task.sleep(for: .milliseconds(retryAfter))
                guard number == connection else { return }
                return await resume(number)
            } catch StoaError.timedOut {
                // A connection that gives no answer is as good as none.
                if number == connection { socket?.abort() }
                return
            } catch StoaError.refused(let code, let words, _, _) where code != "already_joined" {
                guard number == connection else { return }
                rooms[room] = nil
                tell.yield(.removed(room: room, reason: code))
                refuseAll(in: room, code: code, words)
            } catch {
                return
            }
        }
        if number == connection, state == .catchingUp { change(.live) }
    }

    private func startHeartbeat() {
        heartbeat?.cancel()
        let number = connection
        let silence = pingMilliseconds + 5000
        heartbeat = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(silence / 2))
                guard !Task.isCancelled else { return }
                await self?.probe(silence, number)
            }
        }
    }

    /// A server that has been silent for longer than it pings is asked; no answer means that it is gone.
    private func probe(_ silence: Int64, _ number: Int) async {
        guard number == connection, MonotonicClock.milliseconds() - lastHeard > silence else { return }
        let asked = lastHeard
        write(.object([JSONMember("type", .string("ping")), JSONMember("id", .string("probe"))]))
        try? await Task.sleep(for: .milliseconds(options.pongMilliseconds))
        guard number == connection, lastHeard == asked else { return }
        socket?.abort()
    }

    private func startRenewal(_ lifetime: Int64) {
        renewal?.cancel()
        let number = connection
        // A minute early, or at half of a short life.
        let delay = max(1000, lifetime > 120_000 ? lifetime - 60_000 : lifetime / 2)
        renewal = Task { [weak self] in
            try? await Task.sleep(for: .milliseconds(delay))
            guard !Task.isCancelled else { return }
            await self?.renew(number)
        }
    }

    private func renew(_ number: Int) async {
        guard let secret = try? await token(), number == connection,
            let reply = try? await request("auth", [JSONMember("token", .string(secret))]),
            let expiry = reply["expires_at"]?.integer, let now = reply["at"]?.integer, number == connection
        else { return }
        startRenewal(expiry - now)
    }
}
