extension RedisScript {
    /// KEYS people, occupied, vacated. ARGV 1: there are people, 0: there are none; 1 from who knows that the room was
    /// noted as occupied; who asks; 1 from who has asked before and got no answer.
    /// The time where that is so and was not noted, or was by who asks and never heard of it; else 0.
    ///
    /// The second key is there from the first note to the second one, so that the two alternate whoever makes them. A
    /// Redis that comes back empty has lost it: who knew of it says so, and the third key keeps one of them.
    static let note = RedisScript(
        name: "note",
        source: """
            local occupied = redis.call('EXISTS', KEYS[1])
            if occupied ~= tonumber(ARGV[1]) then return 0 end
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local function earlier(key)
                local at, by = string.match(redis.call('GET', key) or '', '^(%d+) (.*)$')
                if ARGV[4] == '1' and by == ARGV[3] then return tonumber(at) end
                return 0
            end
            local note = string.format('%.0f %s', now, ARGV[3])
            if occupied == 1 then
                redis.call('DEL', KEYS[3])
                local isFirst = redis.call('SETNX', KEYS[2], note) == 1
                if ARGV[2] == '1' then return 0 end
                if not isFirst then return earlier(KEYS[2]) end
            else
                if redis.call('DEL', KEYS[2]) == 0 then
                    if redis.call('EXISTS', KEYS[3]) == 1 then return earlier(KEYS[3]) end
                    if ARGV[2] == '0' then return 0 end
                end
                redis.call('SET', KEYS[3], note, 'PX', 3600000)
            end
            return now
            """)
}
