extension EventLoop {
    /// Counts bytes that ``LaneTable`` sent: once for many, since a sum kept in a register costs a delivery nothing.
    public func countSent(_ bytes: Int) { counters.bytesSent += bytes }

    /// What it has done and what it has at the moment.
    public func measure() -> LoopCounters {
        var counters = counters
        counters.timers = timers.count
        counters.waitingLetters = receivers.reduce(0) { $0 + $1.waiting }
        counters.laggingConnections = lagging.count
        for connection in lagging.values {
            counters.backlogBytes += connection.backlogBytes
            counters.largestBacklog = max(counters.largestBacklog, connection.backlogBytes)
        }
        return counters
    }
}
