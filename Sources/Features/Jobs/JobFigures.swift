public import Storage

/// What the job queue has, and what this process has done of it since the start.
public struct JobFigures: Sendable {
    /// Jobs by state; those that are done are not counted.
    public internal(set) var counts: [JobRecord.State: Int] = [:]
    /// Jobs done here.
    public internal(set) var done = 0
    /// Attempts here that failed and will be made again.
    public internal(set) var retried = 0
    /// Jobs given up here.
    public internal(set) var dead = 0
}
