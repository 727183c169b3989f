public import ClientProtocol
import Synchronization

/// Counts refusals by their code, from any thread.
///
/// A lock, since refusals from rooms and readings are rare; what a flood meets first, the session's own bounds, is
/// counted by its loop alone.
public final class ErrorTally: Sendable {
    private let counts = Mutex<[ErrorCode: Int]>([:])

    /// Nothing counted yet.
    public init() {}

    /// Counts one.
    public func count(_ code: ErrorCode) { counts.withLock { $0[code, default: 0] += 1 } }

    /// How many there were of each.
    public var all: [ErrorCode: Int] { counts.withLock { $0 } }
}
