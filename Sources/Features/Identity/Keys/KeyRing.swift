import Synchronization

/// The present ``KeySnapshot``: read by whoever verifies, replaced by whoever fetches keys.
final class KeyRing: Sendable {
    private let current: Mutex<KeySnapshot>

    init(_ snapshot: KeySnapshot) { current = Mutex(snapshot) }

    /// The keys as they are now.
    var snapshot: KeySnapshot { current.withLock { $0 } }

    /// Puts others in the place of an issuer's fetched keys; nil where none can be trusted any more.
    ///
    /// - Returns: Whether keys are gone by it.
    func replace(_ keys: [VerificationKey]?, of index: Int) -> Bool {
        current.withLock { current in
            let old = current.entries[index]
            current = current.replacing(keys, of: index)
            // After a time without any keys nobody knows which those were.
            return keys != nil && (old.isWaiting || !old.marks.isSubset(of: current.entries[index].marks))
        }
    }
}
