public import Telemetry

/// What the store has done since it was opened, and how it stands.
public struct StoreFigures: Sendable {
    /// How long transactions took, with their flush to the disk, in nanoseconds.
    public var commits = Histogram(HistogramBounds.commit)
    /// Transactions that were given up: the disk failed or was full, or the database was away.
    public var failures = 0
    /// Writes that wait.
    public var queuedWrites = 0
    /// Readings that wait for a reader.
    public var queuedReads = 0
    /// Readers at work.
    public var busyReaders = 0
    /// Readers there are.
    public var readers = 0
    /// The database file's size.
    public var databaseBytes = 0
    /// The write-ahead log's size.
    public var logBytes = 0
    /// Readings done at the store itself, and at its replicas.
    public var reads = (primary: 0, replica: 0)
    /// Readings that a replica might have done and the store itself did, by reason.
    public var replicaMisses = ReplicaMisses()
    /// The replicas, in their order.
    public var replicas: [ReplicaFigures] = []
    /// What is free on its disk for this process.
    public var freeBytes = 0
    /// Whether the store is reached; an embedded one always is.
    public var isConnected = true
    /// Connections to a database server that are open, and how many there may be; none with an embedded store.
    public var connections = (open: 0, most: 0)
    /// Connections made to a database server after the first ones.
    public var reconnects = 0

    /// Nothing done yet.
    public init() {}
}

/// Why readings that a replica might have done were done at the store itself.
public struct ReplicaMisses: Sendable {
    /// No replica was there, or near enough to the store.
    public var away = 0
    /// The replica had not yet what the reader must see.
    public var behind = 0
    /// The replica failed at it.
    public var failed = 0

    /// None.
    public init() {}
}

/// How a replica stands.
public struct ReplicaFigures: Sendable {
    /// Its host's name.
    public let name: String
    /// How far it is behind the store at most; nil where that is not known.
    public let lag: Duration?
    /// Whether it is used.
    public let isUsed: Bool

    /// A replica's figures.
    public init(name: String, lag: Duration?, isUsed: Bool) {
        self.name = name
        self.lag = lag
        self.isUsed = isUsed
    }
}
