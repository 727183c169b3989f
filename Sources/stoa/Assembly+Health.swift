import Gateway
import RedisPubSub
import Storage

extension Assembly {
    /// What `/health/ready` asks.
    ///
    /// - Parameter redis: How this process reaches the others; nil where it serves alone.
    func readiness(_ database: any WatchedDatabase, _ redis: RedisStatus?) -> Readiness {
        let isShared = configuration.postgres != nil
        return Readiness(
            broker: {
                guard let redis, let since = redis.awaySince else { return .here }
                return redis.hasAnswered ? .away(since: since) : .missing
            },
            store: {
                guard let fault = database.fault else { return .works }
                // The words are for everybody: paths and the rest are in the log.
                let reason = fault == .diskFull ? "The disk is full." : "The store cannot write."
                return isShared ? .away(reason: reason) : .failing(reason: reason)
            })
    }
}
