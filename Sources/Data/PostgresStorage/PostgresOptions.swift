/// How a ``PostgresDatabase`` is reached, and its bounds.
public struct PostgresOptions: Sendable {
    /// A connection string or URL, as libpq reads it; several hosts for one that may fail over to another.
    public var connection: String
    /// Servers that follow that one and answer what may be a little older: connection strings as the first.
    public var replicas: [String] = []
    /// How far behind a replica may be and still be used.
    public var replicaLag = Duration.seconds(5)
    /// Connections that read at each server, each with a thread; two more write.
    public var readers = 4
    /// How many writes may wait (a message log's whole queue is one of them).
    public var queuedWrites = 10_000
    /// How many reads may wait.
    public var queuedReads = 50_000
    /// How many writes share a transaction at most (a message log's whole batch is one of them).
    public var writesPerTransaction = 64
    /// How long the server may take to take a connection, and to answer a statement of a read.
    public var readPatience = Duration.seconds(3)
    /// How long the server may take to answer a statement of a write, a lock that others hold included.
    public var writePatience = Duration.seconds(5)
    /// How long a write waits for a server that is away before it is refused.
    public var awayPatience = Duration.seconds(10)
    /// How long a write whose commit may or may not have happened waits for the answer.
    public var doubtPatience = Duration.seconds(60)

    /// A directory that this process alone is to use while the store is open, made where it is missing; nil for none.
    public var directory: String?

    /// The defaults.
    public init(connection: String) { self.connection = connection }

    /// For changes of the schema, which may take as long as they need.
    var forMigration: PostgresOptions {
        var options = self
        options.readers = 1
        options.replicas = []
        options.readPatience = .seconds(3600)
        options.writePatience = .seconds(3600)
        return options
    }
}
