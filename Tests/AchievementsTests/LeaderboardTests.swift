import Achievements
import TestRandom
import Testing

/// A leaderboard that sorts everybody each time.
private struct NaiveBoard {
    var entries: [String: BoardEntry] = [:]

    var standings: [BoardStanding] {
        let sorted = entries.values.sorted { ($1.experience, $0.since) < ($0.experience, $1.since) }
        return sorted.map { entry in
            BoardStanding(
                rank: 1 + sorted.count { $0.experience > entry.experience }, user: entry.user,
                name: entry.name,
                experience: entry.experience)
        }
    }
}

@Suite("Leaderboards (C5)") struct LeaderboardTests {
    private func board(_ experiences: [Int64]) -> Leaderboard {
        Leaderboard(
            experiences.enumerated().map {
                BoardEntry(user: "u\($0)", name: "U\($0)", experience: $1, since: Int64($0))
            })
    }

    @Test("ties share a rank, the earlier first, and the next rank counts them all")
    func ties() {
        let top = board([50, 100, 50, 10, 0]).top()
        #expect(top.map(\.rank) == [1, 2, 2, 4])
        #expect(top.map(\.user) == ["u1", "u0", "u2", "u3"])
    }

    @Test("own rank and five on either side")
    func neighbours() {
        let board = board((1...100).map { Int64($0) })
        #expect(board.standing(of: "u49")?.rank == 51)
        #expect(board.neighbours(of: "u49").map(\.rank) == Array(46...56))
        #expect(board.neighbours(of: "u99").map(\.rank) == Array(1...6))
        #expect(board.neighbours(of: "u0").map(\.rank) == Array(95...100))
        #expect(board.neighbours(of: "nobody").isEmpty && board.standing(of: "nobody") == nil)
        // Those of one rank with somebody out of sight have that rank.
        let tied = self.board(Array(repeating: 5, count: 30))
        #expect(tied.neighbours(of: "u20").map(\.rank) == Array(repeating: 1, count: 11))
    }

    @Test("it agrees with sorting everybody, whatever comes", arguments: 0..<20)
    func agrees(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var naive = NaiveBoard()
        for number in 0..<400 where seed % 2 == 0 {
            naive.entries["u\(number)"] = BoardEntry(
                user: "u\(number)", name: "", experience: Int64.random(in: 1...9, using: &random),
                since: Int64(-number))
        }
        var board = Leaderboard(naive.entries.values)
        let people = seed % 3 == 0 ? 2000 : 40
        for number in 0..<3000 {
            let user = "u\(Int.random(in: 0..<people, using: &random))"
            let experience = Int64.random(in: -1...60, using: &random)
            let entry = BoardEntry(
                user: user, name: "n\(number)", experience: experience, since: Int64(number))
            board.set(entry)
            naive.entries[user] = experience > 0 ? entry : nil
            guard number % 250 == 249 else { continue }
            let standings = naive.standings
            #expect(board.count == standings.count)
            #expect(board.top(standings.count + 5) == standings, "seed \(seed)")
            for (place, standing) in standings.enumerated() where place % 17 == 0 {
                #expect(board.standing(of: standing.user) == standing)
                let around = standings[max(0, place - 5)..<min(standings.count, place + 6)]
                #expect(board.neighbours(of: standing.user) == Array(around))
            }
        }
    }
}
