public import Reactor

/// How a process speaks with Redis.
public struct RedisSettings: Sendable {
    /// What Redis is here.
    public var deployment: RedisDeployment
    /// The rules for verifying servers that speak TLS.
    public var tls: TLSContext?
    /// How long an answer may take before the connection is given up, in milliseconds.
    public var timeoutMilliseconds: Int64 = 3000
    /// How long the people of a process that says nothing stay present, in milliseconds.
    public var leaseMilliseconds: Int64 = 15_000
    /// Whether Redis is reached, for all loops of the process.
    public let status = RedisStatus()
    /// What this process is called at Redis; no other one that lives may have the name.
    public var instance: String

    /// Settings with the defaults.
    public init(_ deployment: RedisDeployment, instance: String) {
        self.deployment = deployment
        self.instance = instance
    }
}
