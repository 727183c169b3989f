import Bytes
import Reactor
import RedisPubSub
import Telemetry

extension Assembly {
    /// How this process reaches the others; nil where it serves alone.
    func redis() throws -> RedisSettings? {
        guard let settings = try redisSettings() else { return nil }
        for address in settings.deployment.addresses where address.isExposed {
            Log.notice("what is said to Redis at \(address.name) crosses the network unencrypted")
        }
        return settings
    }

    /// The same without a word in the log.
    func redisSettings() throws -> RedisSettings? {
        let entries = configuration.list("broker.redis")
        guard !entries.isEmpty else { return nil }
        // Two processes may have been given one name; what they say must not be taken for each other's. What the
        // ledger's entries are made with may not be in it.
        let id = configuration.text("instance.id").filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let name = Identifier.short(id.isEmpty ? "i" : id)
        var settings = RedisSettings(try RedisDeployment(entries), instance: name)
        settings.timeoutMilliseconds = configuration.integer("broker.timeout_ms")
        settings.leaseMilliseconds = configuration.integer("instance.lease_ms")
        if settings.deployment.isSecure {
            settings.tls = try TLSContext(authorityPath: configuration.optional("broker.authorities"))
        }
        return settings
    }
}
