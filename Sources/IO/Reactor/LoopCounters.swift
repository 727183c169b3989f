public import Telemetry

/// What an event loop has done since the start: plain numbers of its own, read by a letter to the loop.
public struct LoopCounters: Sendable {
    /// How long turns took, from waking up to the end, in nanoseconds.
    public internal(set) var turns = Histogram(HistogramBounds.turn)
    /// Descriptors and letters that turns worked on.
    public internal(set) var items = Histogram(HistogramBounds.items)
    /// Letters received.
    public internal(set) var letters = 0
    /// Bytes read from sockets, before TLS is taken off.
    public internal(set) var bytesReceived = 0
    /// Bytes that the kernel took, TLS included.
    public internal(set) var bytesSent = 0
    /// Handshakes done in full.
    public internal(set) var fullHandshakes = 0
    /// Handshakes that resumed an earlier session.
    public internal(set) var resumedHandshakes = 0
    /// Handshakes that failed, took too long or were cut.
    public internal(set) var failedHandshakes = 0
    /// How long clients waited for a handshake, in nanoseconds.
    public internal(set) var handshakes = Histogram(HistogramBounds.handshake)

    /// Timers running at the moment.
    public internal(set) var timers = 0
    /// Letters that wait at the moment.
    public internal(set) var waitingLetters = 0
    /// Connections with bytes that the kernel does not take at the moment.
    public internal(set) var laggingConnections = 0
    /// These bytes.
    public internal(set) var backlogBytes = 0
    /// Those of the connection that has most.
    public internal(set) var largestBacklog = 0

    /// Counts a server's handshake.
    mutating func handshakeDone(_ session: TLSSession, after nanoseconds: Int64) {
        guard session.role == .server else { return }
        if session.isResumed { resumedHandshakes += 1 } else { fullHandshakes += 1 }
        handshakes.observe(nanoseconds)
    }
}
