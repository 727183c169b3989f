extension RedisScript {
    /// KEYS rate. ARGV count, milliseconds, cost.
    /// How long to wait, 0 where it goes on; how many are left; when all are there again; the time.
    ///
    /// Kept is the moment at which the quota is whole again, by Redis' clock. All times are whole microseconds, which
    /// Lua's numbers hold exactly. What is used is never more than the quota is now, also where that clock goes back.
    static let takeRate = RedisScript(
        name: "take of a rate",
        source: """
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            local count = tonumber(ARGV[1])
            local part = math.max(1, math.floor(tonumber(ARGV[2]) * 1000 / count))
            local whole = part * count
            local fresh = tonumber(redis.call('GET', KEYS[1]) or '0')
            local used = math.min(math.max(fresh - now, 0), whole)
            local after = used + part * math.min(tonumber(ARGV[3]), count)
            if after > whole then return {after - whole, 0, used, now} end
            -- Keys end by whole milliseconds: not before that moment.
            if after > 0 then
                redis.call('SET', KEYS[1], string.format('%.0f', now + after), 'PX',
                    string.format('%.0f', math.ceil(after / 1000) + 1))
            end
            return {0, math.floor((whole - after) / part), after, now}
            """)
}
