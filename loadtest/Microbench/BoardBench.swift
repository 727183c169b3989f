import Achievements

/// A leaderboard with a million people.
final class BoardBench {
    private static let people = 1_000_000
    private static let count = 20_000

    private var board: Leaderboard
    private let names: [String]
    private var state: UInt64 = 11
    private var since = Int64(BoardBench.people)

    init() {
        let names = (0..<BoardBench.people).map { "u_\($0)" }
        var state: UInt64 = 5
        self.names = names
        board = Leaderboard(
            names.enumerated().map { number, name in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return BoardEntry(
                    user: name, name: name, experience: Int64(1 + (state >> 33) % 100_000),
                    since: Int64(number))
            })
    }

    private func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    /// A person's rank, and five on either side.
    func neighbours() -> Cost {
        Meter.measure(operations: BoardBench.count) {
            for _ in 0..<BoardBench.count {
                let name = names[Int(next() % UInt64(BoardBench.people))]
                if board.standing(of: name) == nil || board.neighbours(of: name).count < 6 { since = -1 }
            }
        }
    }

    /// Somebody gets more.
    func update() -> Cost {
        Meter.measure(operations: BoardBench.count) {
            for _ in 0..<BoardBench.count {
                let name = names[Int(next() % UInt64(BoardBench.people))]
                since += 1
                board.set(
                    BoardEntry(
                        user: name, name: name,
                        experience: board.experience(of: name) + Int64(25 + next() % 300),
                        since: since))
            }
        }
    }

    /// The first ten.
    func top() -> Cost {
        Meter.measure(operations: BoardBench.count) {
            for _ in 0..<BoardBench.count where board.top().count != 10 { since = -1 }
        }
    }
}
