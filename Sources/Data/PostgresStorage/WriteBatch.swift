import Bytes
import Storage

/// Jobs that share a transaction, from their first attempt to the last.
struct WriteBatch {
    let jobs: [any WriteJob]
    /// What each job itself failed of.
    var errors: [StorageError?]
    /// What its transaction leaves behind, so that it can be told whether it happened.
    let token = Identifier.uuid()
    /// How often it came to nothing.
    var attempts = 0
    /// Whether a COMMIT was sent and never answered.
    var isInDoubt = false
    /// Whether another attempt would not help.
    var isFinal = false

    init(_ jobs: [any WriteJob]) {
        self.jobs = jobs
        errors = Array(repeating: nil, count: jobs.count)
    }
}
