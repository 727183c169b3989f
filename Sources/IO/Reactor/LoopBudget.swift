/// How much of one turn each kind of work may take, so that nobody keeps a loop from the others.
enum LoopBudget {
    /// Ready descriptors told by one wait. More would let a burst delay the turn's end, where replies leave.
    static let events = 256
    /// Bytes read from one connection in a turn: one full read of the loop's buffer. What is left raises
    /// readiness again in the next turn.
    static let readBytes = 65_536
    /// Bytes read from all connections in a turn. What is read goes through several steps before it leaves at the turn's
    /// end, grown by as many frames; far more than a core's cache holds would come from memory anew at each of them.
    static let turnBytes = 262_144
    /// Connections accepted from one listener in a turn. What they send waits
    /// for its own part of a turn.
    static let accepts = 32
    /// How often mail is looked for in a turn: a post goes session → room → hub, and a reply to it one step more.
    static let mailRounds = 4
    /// How long newcomers' input and connections' ends are served in a turn, in nanoseconds, where more are waiting: a
    /// TLS handshake costs about 0.3 ms, a join 0.1. The rest stay in the queue.
    static let patientNanoseconds: Int64 = 1_000_000
    /// Where turns are long, one part in so many of the turn before.
    static let patientShare: Int64 = 4
    /// How many of them are served in any case.
    static let patientMinimum = 4
    /// How often a turn asks for more ready descriptors where those it was told of can mostly wait: others may stand
    /// behind them in the kernel's list.
    static let crowdRounds = 64
}
