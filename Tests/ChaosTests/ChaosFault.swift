import TestRandom

/// One thing that goes wrong, and when.
struct ChaosFault: CustomStringConvertible {
    enum Kind: CaseIterable {
        /// `kill -9`, and a start after a while.
        case kill
        /// SIGTERM, and a start after a while.
        case restart
        /// SIGSTOP, and SIGCONT after a while.
        case freeze
        /// SIGHUP: certificates are read again.
        case reload
        /// Some connections are reset.
        case cut
        /// Some connections carry nothing for a while, in neither direction, as on a train.
        case stall
        /// Some clients read nothing for a while.
        case slow
        /// The disk is full for a while.
        case full
        /// The disk cannot keep what it is given for a while.
        case damage
    }

    let kind: Kind
    /// Milliseconds of peace before it.
    let pause: Int
    /// Milliseconds that it lasts.
    let length: Int
    /// The part of the connections that it is about.
    let share: Double

    var description: String { "\(kind) after \(pause) ms for \(length) ms, \(Int(share * 100)) %" }

    /// A fault as a generator has it.
    init(_ random: inout SeededRandom) {
        // Cuts are cheap for a server and common in the world; each of the others takes its while.
        let kinds = Kind.allCases + [.cut, .cut, .cut, .stall, .slow]
        kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
        pause = Int.random(in: 50...1200, using: &random)
        length = Int.random(in: 50...2500, using: &random)
        share = Double.random(in: 0.1...0.8, using: &random)
    }
}
