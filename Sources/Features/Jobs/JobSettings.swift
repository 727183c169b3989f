/// Times of the job queue.
public struct JobSettings: Sendable {
    /// How long a worker of this process has a job, in milliseconds: after that another one begins it.
    public var leaseMilliseconds: Int64 = 30_000
    /// How often the queue is looked at for what other processes put in and for what is tried again, in milliseconds.
    public var pollMilliseconds: Int64 = 1000
    /// How long jobs that are done are kept, and with them their keys, in days.
    public var doneDays = 7
    /// How long jobs that were given up are kept, in days.
    public var deadDays = 30

    /// The defaults.
    public init() {}
}
