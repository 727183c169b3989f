import Synchronization

/// How many portfolios are kept open here; any thread.
public final class PortfolioCounts: Sendable {
    private let state = Mutex((open: 0, watched: 0))

    /// Those that somebody listens to, or alerts watch.
    public var open: Int { state.withLock { $0.open } }
    /// Those of them that alerts watch.
    public var watched: Int { state.withLock { $0.watched } }

    func set(open: Int, watched: Int) { state.withLock { $0 = (open, watched) } }
}
