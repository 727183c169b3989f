import Synchronization

/// The present ``KeySnapshot``: read by whoever verifies, replaced by whoever fetches keys.
final class KeyRing: Sendable {
    private let current: Mutex<KeySnapshot>

    init(_ snapshot: KeySnapshot) { current = Mutex(snapshot) }

    /// The keys as they are now.
    var snapshot: KeySnapshot { current.withLock { $0 } }

    /// Puts others in the place of an issuer's fetched keys; nil where none can be trusted any more.
    func replace(_ keys: [VerificationKey]?, of index: Int) {
        current.withLock { $0 = $0.replacing(keys, of: index) }
    }
}
