// A topic's steps. KEYS state, ring, recent, order, names, used.
// ARGV run, epoch (for one that begins), idle in milliseconds, bound of topics, name.
// In a cluster the names are elsewhere: then there are four keys, whoever calls says instead of the bound whether the
// topic may begin, and hears last whether its name is to be entered again.
extension RedisScript {
    /// ARGV … ring's count, ring's bytes, beginning of the message, data, repeat's key or nothing.
    /// 1: published; 2: a repeat; both with epoch, offset, whether the topic began. 0: there are too many topics.
    static let publishTopic = RedisScript(
        name: "publish to a topic", source: topic + names + epoch + publishing)

    /// The same in a cluster.
    static let publishClusterTopic = RedisScript(
        name: "publish to a topic", source: topic + namesElsewhere + epoch + publishing)

    /// ARGV … whether it begins where there is none, the epoch and offset that are known or nothing, whether all of the
    /// ring is wanted. 1: epoch, offset, whether the topic began, when the last publication came, its data,
    /// publications. 0: there is none; 3: there are too many topics.
    static let readTopic = RedisScript(
        name: "read a topic", source: topic + names + epoch + reading)

    /// The same in a cluster.
    static let readClusterTopic = RedisScript(
        name: "read a topic", source: topic + namesElsewhere + epoch + reading)

    /// A name's entry in a cluster. KEYS names, used. ARGV name, idle in milliseconds, bound of topics.
    /// 1: it is entered; 0: there are too many.
    static let enterTopic = RedisScript(
        name: "enter a topic",
        source: """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then
                local life = math.floor(tonumber(ARGV[2]) * 5 / 4)
                local over = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - life - 1, 'LIMIT', 0, 100)
                if #over > 0 then
                    redis.call('ZREM', KEYS[1], unpack(over))
                    redis.call('ZREM', KEYS[2], unpack(over))
                end
                if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return 0 end
            end
            redis.call('ZADD', KEYS[1], 0, ARGV[1])
            redis.call('ZADD', KEYS[2], now, ARGV[1])
            return 1
            """)

    private static let publishing = """
        local key = ARGV[10]
        if key ~= '' then
            local before = redis.call('HGET', KEYS[3], key)
            if before then
                local epoch, offset = string.match(before, '^(%S+) (%d+)$')
                return {2, epoch, tonumber(offset), 0}
            end
        end
        if not epoch and not begin() then return {0} end
        offset = offset + 1
        local message = ARGV[8] .. epoch .. '","offset":' .. string.format('%.0f', offset)
            .. ',"at":' .. string.format('%.0f', now) .. ',"data":' .. ARGV[9] .. '}'
        local count, limit = tonumber(ARGV[6]), tonumber(ARGV[7])
        if count > 0 then
            local length = redis.call('RPUSH', KEYS[2], message)
            if length == 1 then touched = 0 end
            bytes = bytes + #message + 64
            while (length > count or bytes > limit) and length > 1 do
                bytes = bytes - #redis.call('LPOP', KEYS[2]) - 64
                length = length - 1
            end
        end
        redis.call('HSET', KEYS[1], 'offset', string.format('%.0f', offset), 'bytes', bytes,
            'at', string.format('%.0f', now), 'last', ARGV[9])
        if key ~= '' then
            redis.call('HSET', KEYS[3], key, epoch .. ' ' .. string.format('%.0f', offset))
            if redis.call('RPUSH', KEYS[4], key) > math.max(count, 256) then
                redis.call('HDEL', KEYS[3], redis.call('LPOP', KEYS[4]))
            end
            redis.call('PEXPIRE', KEYS[3], life)
            redis.call('PEXPIRE', KEYS[4], life)
        end
        touch()
        redis.call('PUBLISH', ARGV[5], message)
        return {1, epoch, offset, made, due}
        """

    private static let reading = """
        if not epoch then
            if ARGV[6] == '0' then return {0} end
            if not begin() then return {3} end
        end
        touch()
        local same = epoch == ARGV[7]
        local after = tonumber(ARGV[8])
        local kept = {}
        if ARGV[9] == '1' or (ARGV[7] ~= '' and not same) then
            kept = redis.call('LRANGE', KEYS[2], 0, -1)
        elseif same and after < offset then
            kept = redis.call('LRANGE', KEYS[2], after - offset, -1)
        end
        local last = {}
        if not same or after < offset then last = redis.call('HMGET', KEYS[1], 'at', 'last') end
        return {1, epoch, offset, made, last[1] or '', last[2] or '', kept, due}
        """

    // The state is touched four times within the time that a topic lives unused, so that a publication does not have to
    // write all expiries.
    private static let topic = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local idle = tonumber(ARGV[3])
        local life = math.floor(idle * 5 / 4)
        local held = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'run', 'bytes', 'touched')
        local epoch, offset = held[1], tonumber(held[2] or '0')
        local bytes, touched = tonumber(held[4] or '0'), tonumber(held[5] or '0')
        local made, due = 0, 0

        local function number()
            redis.call('DEL', KEYS[1], KEYS[2])
            epoch, offset, bytes, touched = ARGV[2], 0, 0, 0
            redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', '0', 'run', ARGV[1])
        end

        """

    private static let names = """
        local function begin()
            local over = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', now - life - 1, 'LIMIT', 0, 100)
            if #over > 0 then
                redis.call('ZREM', KEYS[5], unpack(over))
                redis.call('ZREM', KEYS[6], unpack(over))
            end
            if redis.call('ZCARD', KEYS[6]) >= tonumber(ARGV[4]) then return false end
            number()
            made = 1
            return true
        end

        local function enter()
            redis.call('ZADD', KEYS[5], 0, ARGV[5])
            redis.call('ZADD', KEYS[6], now, ARGV[5])
        end

        """

    private static let namesElsewhere = """
        local function begin()
            if ARGV[4] == '0' then return false end
            number()
            made = 1
            return true
        end

        local function enter() due = 1 end

        """

    private static let epoch = """
        local function touch()
            if now - touched < idle / 4 then return end
            redis.call('HSET', KEYS[1], 'touched', string.format('%.0f', now))
            for place = 1, 4 do redis.call('PEXPIRE', KEYS[place], life) end
            enter()
        end

        if epoch and held[3] ~= ARGV[1] then number() end

        """
}
