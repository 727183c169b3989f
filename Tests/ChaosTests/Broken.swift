/// A promise of the server that it broke (DESIGN, invariants).
struct Broken: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A message as it was delivered, or as it is stored.
struct Delivery: Equatable {
    let seq: Int64
    let id: String
    let content: String
}

/// What a member saw and was promised, for the reckoning at the end.
struct MemberRecord: Sendable {
    let user: String
    let room: String
    /// In the order in which they came, from the first one on.
    var deliveries: [Delivery] = []
    /// `seq` by content of what was acknowledged.
    var acknowledged: [String: Int64] = [:]
    var resumes = 0
}
