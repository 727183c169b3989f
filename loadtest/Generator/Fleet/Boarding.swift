import Reactor

/// Connects clients, so many at a time, and tells when all are ready.
final class Boarding {
    private let fleet: Fleet
    private var waiting: ArraySlice<LoadClient>
    private var requests: [Int: [UInt8]] = [:]
    private var missing: Int
    private let finished: () -> Void

    /// - Parameters:
    ///   - isPrepared: Whether the requests are made now, before the clock runs: signing tokens is the load's work. Else
    ///     each is made when it goes, from where the client is by then.
    ///   - finished: Runs when the last one is ready.
    init(
        _ fleet: Fleet, _ clients: [LoadClient], isPrepared: Bool = true, finished: @escaping () -> Void
    ) {
        self.fleet = fleet
        self.finished = finished
        waiting = clients[...]
        missing = clients.count
        guard isPrepared else { return }
        for client in clients { requests[client.seat.person] = fleet.request(client) }
    }

    func start() {
        for _ in 0..<fleet.scenario.connecting { next() }
        if missing == 0 { finished() }
    }

    private func next() {
        guard let client = waiting.popFirst() else { return }
        client.open(requests.removeValue(forKey: client.seat.person) ?? fleet.request(client))
    }

    /// One of them is ready, or will never be.
    func arrived() {
        missing -= 1
        next()
        if missing == 0 { finished() }
    }
}
