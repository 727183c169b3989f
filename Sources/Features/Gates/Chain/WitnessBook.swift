import Synchronization

/// The accounts and items in which holdings were last seen.
///
/// Many of these are read by one question, where each wallet's full question is one of its own. They prove that
/// something is still held; that they are empty proves nothing, since it may have gone to another account.
final class WitnessBook: Sendable {
    /// Beyond this everything is forgotten, and full questions fill it anew.
    private static let capacity = 200_000

    private let state = Mutex<[HoldingQuery: [String]]>([:])

    /// Notes where a full question has found something; nowhere is noted too.
    func keep(_ query: HoldingQuery, _ addresses: [String]) {
        state.withLock { state in
            if state.count >= WitnessBook.capacity, state[query] == nil { state = [:] }
            state[query] = addresses
        }
    }

    /// Where it was last seen; nil where nobody has looked.
    func addresses(_ query: HoldingQuery) -> [String]? { state.withLock { $0[query] } }
}
