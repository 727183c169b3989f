import Bytes

extension Connection {
    /// Speaks TLS from now on, as a server whose first bytes came before it.
    public func startTLS(_ session: TLSSession, handshakeMilliseconds: Int64) {
        tls = session
        handshakeStart = loop.turnStart
        timer = loop.startTimer(after: handshakeMilliseconds, kind: Timer.handshake.rawValue, target: self)
    }

    /// Why the peer's certificate was not accepted; nil where it was, or there is none.
    public var certificateFault: String? { tls?.certificateFault }

    func beginTLS(_ tls: TLSSession) {
        let outcome = tls.begin(loop)
        sendRecords()
        if case .failed = outcome { doom(.tls) }
    }

    func advanceTLS(ciphertext count: Int) {
        guard let tls else { return }
        let wasEstablished = tls.isEstablished
        var outcome = tls.receive(loop, ciphertextCount: count)
        while case .bytes(let plain) = outcome {
            if !wasEstablished { loop.cancelTimer(&timer) }
            loop.plainBuffer.withPrefix(plain) { handler?.connectionReceived(&$0) }
            if case .doomed = state {
                // What is left there would go out on the next connection.
                return loop.recordBuffer.removeAll()
            }
            outcome = tls.receive(loop, ciphertextCount: 0)
        }
        sendRecords()
        if !wasEstablished, tls.isEstablished {
            loop.cancelTimer(&timer)
            loop.counters.handshakeDone(tls, after: loop.turnStart - handshakeStart)
            handler?.connectionSecured()
        }
        switch outcome {
        case .bytes, .needsMore: break
        case .closed: endOfStream()
        case .failed: doom(.tls)
        }
    }

    func sendRecords() {
        guard !loop.recordBuffer.isEmpty else { return }
        loop.recordBuffer.withSpan { send($0) }
        loop.recordBuffer.removeAll()
    }
}
