/// How much of one turn each kind of work may take, so that nobody keeps a loop from the others.
enum LoopBudget {
    /// Ready descriptors told by one wait. More would let a burst delay the turn's end, where replies leave.
    static let events = 256
    /// Bytes read from one connection in a turn: one full read of the loop's buffer. What is left raises
    /// readiness again in the next turn.
    static let readBytes = 65_536
    /// Connections accepted from one listener in a turn. TLS handshakes (about 0.3 ms each) follow in later turns.
    static let accepts = 64
    /// How often mail is looked for in a turn: a post goes session → room → hub, and a reply to it one step more.
    static let mailRounds = 4
    /// TLS handshakes advanced in a turn; the rest wait one turn. 16 keep a turn below 5 ms.
    static let handshakes = 16
}
