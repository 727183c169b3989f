import TestRandom

/// One thing that goes wrong with several processes, what they share, or the ways to them; and when.
struct ClusterFault: CustomStringConvertible {
    enum Kind: CaseIterable {
        /// `kill -9` of one process, and a start after a while.
        case kill
        /// SIGTERM of one process, and a start after a while.
        case restart
        /// SIGSTOP of one process, and SIGCONT after a while, perhaps after its lease.
        case freeze
        /// Some connections are reset.
        case cut
        /// Some connections carry nothing for a while.
        case stall
        /// Redis is killed and started again, empty.
        case redisDies
        /// Redis is stopped for a while.
        case redisHangs
        /// PostgreSQL is killed and started again.
        case postgresDies
        /// PostgreSQL is stopped for a while.
        case postgresHangs
        /// PostgreSQL's disk is full for a while.
        case postgresFull
        /// PostgreSQL dies for good, its standby takes over, and gets a standby of its own.
        case failover
        /// The wall clock of one process jumps, and jumps back after a while.
        case clock
    }

    let kind: Kind
    /// Which of the processes.
    let place: Int
    /// Milliseconds of peace before it.
    let pause: Int
    /// Milliseconds that it lasts.
    let length: Int
    /// The part of the connections that it is about.
    let share: Double

    var description: String {
        "\(kind) of \(place) after \(pause) ms for \(length) ms, \(Int(share * 100)) %"
    }

    /// A fault as a generator has it.
    init(_ random: inout SeededRandom, places: Int) {
        let kinds = Kind.allCases + [.cut, .cut, .cut, .stall, .redisDies]
        kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
        place = Int.random(in: 0..<places, using: &random)
        pause = Int.random(in: 50...1200, using: &random)
        let longest = kind == .freeze ? 6000 : 2500
        length = Int.random(in: 50...longest, using: &random)
        share = Double.random(in: 0.1...0.8, using: &random)
    }
}
