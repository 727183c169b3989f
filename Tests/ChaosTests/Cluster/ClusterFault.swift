import StoaTesting
import TestRandom

/// One thing that goes wrong with several processes, what they share, or the ways to them; and when.
struct ClusterFault: CustomStringConvertible {
    enum Kind: Sendable {
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
        /// Redis, all of it, is killed and started again, empty.
        case redisDies
        /// Redis, all of it, is stopped for a while.
        case redisHangs
        /// Some connections to Redis are reset.
        case redisCut
        /// Some connections to Redis carry nothing for a while.
        case redisStall
        /// A master of Redis is killed and started again once a replica has taken its place.
        case masterDies
        /// A master of Redis is stopped until a replica has taken its place, and goes on as if nothing had been.
        case masterHangs
        /// A master of Redis is reached by one of the processes alone until a replica has taken its place, and for a
        /// while longer.
        case masterSplit
        /// A Sentinel is killed and started again.
        case sentinelDies
        /// A Sentinel is stopped for a while.
        case sentinelHangs
        /// Slots of a cluster move while they are in use.
        case slotsMove
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

    /// What can happen to everything, and how much more often what is cheap.
    private static let common: [Kind] = [
        .kill, .restart, .freeze, .cut, .cut, .cut, .cut, .stall, .stall, .redisDies, .redisHangs, .redisCut,
        .redisStall, .postgresDies, .postgresHangs, .postgresFull, .failover, .clock,
    ]

    /// What can happen where Redis is built in some way.
    ///
    /// - Parameter only: Names of kinds, where others are to be left out.
    static func kinds(_ shape: RedisService.Shape, only: [String]) -> [Kind] {
        let all =
            switch shape {
            case .one: common + [.redisDies]
            case .sentinel: common + [.masterDies, .masterHangs, .masterSplit, .sentinelDies, .sentinelHangs]
            case .cluster: common + [.masterDies, .masterHangs, .masterSplit, .slotsMove, .slotsMove]
            }
        let some = all.filter { only.contains("\($0)") }
        return some.isEmpty ? all : some
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
    init(_ random: inout SeededRandom, places: Int, of kinds: [Kind]) {
        kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
        place = Int.random(in: 0..<places, using: &random)
        pause = Int.random(in: 50...1200, using: &random)
        let longest = kind == .freeze ? 6000 : 2500
        length = Int.random(in: 50...longest, using: &random)
        share = Double.random(in: 0.1...0.8, using: &random)
    }
}
