extension RedisScript {
    /// KEYS held. ARGV instance, count, how long it is kept in milliseconds. What each instance has.
    static let hold = RedisScript(
        name: "hold",
        source: """
            if ARGV[2] == '0' then
                redis.call('HDEL', KEYS[1], ARGV[1])
            else
                redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
                redis.call('PEXPIRE', KEYS[1], ARGV[3])
            end
            return redis.call('HGETALL', KEYS[1])
            """)

    /// KEYS instances. Whose lease is not over.
    static let living = RedisScript(
        name: "living",
        source: """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')
            """)
}
