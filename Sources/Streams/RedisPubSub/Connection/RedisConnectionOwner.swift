/// Who hears what comes over a connection to Redis.
protocol RedisConnectionOwner: AnyObject {
    /// The connection is ready for commands.
    func connected(_ connection: RedisConnection)
    /// The connection is lost; what had no answer gets none. It is made again by itself.
    func disconnected(_ connection: RedisConnection)
    /// A subscriber's connection got a reply that answers no command.
    func received(_ reply: RedisReply, on connection: RedisConnection)
    /// It could not be made, or was lost, and why; what follows is a pause and another attempt.
    func failed(_ connection: RedisConnection, _ words: String)
}

extension RedisConnectionOwner {
    func received(_ reply: RedisReply, on connection: RedisConnection) {}
    func failed(_ connection: RedisConnection, _ words: String) {}
}
