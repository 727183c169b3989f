extension RedisScript {
    /// KEYS duty. ARGV instance, for how long in milliseconds. 1: is the instance's; 0: is another one's.
    static let takeOn = RedisScript(
        name: "take on",
        source: """
            local holder = redis.call('GET', KEYS[1])
            if holder and holder ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            return 1
            """)

    /// KEYS duty. ARGV instance. 1: was the instance's; 0: was not.
    static let layDown = RedisScript(
        name: "lay down",
        source: """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            return redis.call('DEL', KEYS[1])
            """)
}
