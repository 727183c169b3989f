import Reactor

/// Connects clients, so many at a time, and tells when all are ready.
final class Boarding {
    private let fleet: Fleet
    private var waiting: ArraySlice<LoadClient>
    private var requests: [Int: [UInt8]] = [:]
    private var missing: Int
    private let finished: () -> Void

    /// - Parameter finished: Runs when the last one is ready.
    init(_ fleet: Fleet, _ clients: [LoadClient], finished: @escaping () -> Void) {
        self.fleet = fleet
        self.finished = finished
        waiting = clients[...]
        missing = clients.count
        // Signing tokens is the load's work, and done before the clock runs.
        for client in clients { requests[client.seat.person] = fleet.request(client) }
    }

    func start() {
        for _ in 0..<fleet.scenario.connecting { next() }
        if missing == 0 { finished() }
    }

    private func next() {
        guard let client = waiting.popFirst() else { return }
        client.open(requests.removeValue(forKey: client.seat.person) ?? [])
    }

    /// One of them is ready, or will never be.
    func arrived() {
        missing -= 1
        next()
        if missing == 0 { finished() }
    }
}
