extension RedisScript {
    /// KEYS people, occupied. ARGV 1: there are people, 0: there are none.
    /// The time where that is so and was not noted; else 0.
    ///
    /// The second key is there from the first note to the second one, so that the two alternate whoever makes them.
    static let note = RedisScript(
        name: "note",
        source: """
            local occupied = redis.call('EXISTS', KEYS[1])
            if occupied ~= tonumber(ARGV[1]) then return 0 end
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            if occupied == 1 then
                if redis.call('SETNX', KEYS[2], string.format('%.0f', now)) == 0 then return 0 end
            elseif redis.call('DEL', KEYS[2]) == 0 then
                return 0
            end
            return now
            """)
}
