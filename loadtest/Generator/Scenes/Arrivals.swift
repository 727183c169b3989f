import Glibc
import Reactor

/// Sends as a scenario's arrival says, until it is stopped.
protocol Arrivals: AnyObject {
    func start()
    func stop()
    /// A publication of `room` came to one of its members.
    func delivered(in room: Int)
}

/// So many bursts on their way at a time; the next one goes when every member has all of one.
final class ClosedLoop: Arrivals {
    private let fleet: Fleet
    private let rooms: Int
    private let inFlight: Int
    private let burst: Int
    private var missing: [Int]
    private var bursts: [Int]
    private var room = -1
    private var turns: [Int]
    private var isStopped = false
    private let receivers: Int

    init(_ fleet: Fleet, inFlight: Int, burst: Int, receivers: Int) {
        self.fleet = fleet
        self.inFlight = inFlight
        self.burst = burst
        self.receivers = receivers
        rooms = fleet.scenario.rooms
        missing = Array(repeating: 0, count: rooms)
        bursts = Array(repeating: 0, count: rooms)
        turns = Array(repeating: 0, count: rooms)
    }

    func start() { for _ in 0..<inFlight { launch() } }
    func stop() { isStopped = true }

    func delivered(in room: Int) {
        missing[room] -= 1
        guard missing[room] == 0 else { return }
        let done = bursts[room]
        bursts[room] = 0
        for _ in 0..<done { launch() }
    }

    /// Rooms take turns, and publishers in their room.
    private func launch() {
        guard !isStopped else { return }
        room = room + 1 == rooms ? 0 : room + 1
        let publishers = fleet.publishers[room]
        turns[room] = (turns[room] + 1) % publishers.count
        missing[room] += burst * receivers
        bursts[room] += 1
        fleet.publish(publishers[turns[room]], count: burst, due: MonotonicClock.nanoseconds())
    }
}

/// Sends at a rate, whatever comes back: what is late is counted from when it was due.
final class OpenLoop: Arrivals {
    private let fleet: Fleet
    private let rooms: Range<Int>
    private let intervalNanoseconds: Double
    private let isPoisson: Bool
    private var next = 0.0
    private var room: Int
    private var turn = 0
    private var isStopped = false
    private var random = SystemRandomNumberGenerator()
    private var timer: PreciseTimer?

    /// - Parameter publicationsPerSecond: In all rooms together.
    init(_ fleet: Fleet, rooms: Range<Int>, publicationsPerSecond: Double, isPoisson: Bool) throws {
        self.fleet = fleet
        self.rooms = rooms
        self.isPoisson = isPoisson
        intervalNanoseconds = 1e9 / publicationsPerSecond
        room = rooms.lowerBound
        timer = try PreciseTimer(on: fleet.loop) { [unowned self] in fire() }
    }

    func start() {
        next = Double(MonotonicClock.nanoseconds())
        advance()
        timer?.set(at: Int64(next))
    }

    func stop() {
        isStopped = true
        timer?.close()
        timer = nil
    }

    func delivered(in room: Int) {}

    private func fire() {
        guard !isStopped else { return }
        while Int64(next) <= MonotonicClock.nanoseconds() {
            let publishers = fleet.publishers[room]
            fleet.publish(publishers[turn % publishers.count], count: 1, due: Int64(next))
            room += 1
            if room == rooms.upperBound {
                room = rooms.lowerBound
                turn += 1
            }
            advance()
        }
        timer?.set(at: Int64(next))
    }

    private func advance() {
        next +=
            isPoisson
            ? -log(Double.random(in: Double.ulpOfOne..<1, using: &random)) * intervalNanoseconds
            : intervalNanoseconds
    }
}
