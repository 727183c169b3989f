/// A step that Redis takes as one, by its own clock (Lua).
struct RedisScript: Sendable {
    /// For the log.
    let name: String
    /// The program.
    let source: String
    /// The program for a cluster: what it publishes goes to the slot's own channel.
    let shardedSource: String

    init(name: String, source: String) {
        self.name = name
        self.source = source
        shardedSource = source.replacing("redis.call('PUBLISH'", with: "redis.call('SPUBLISH'")
    }
}

// A room's page: a hash of person → `seat|instance,instance,|author`, the number of seats taken or leased ahead, a version
// that counts the changes, and who has leased how many ahead. The keys share a hash tag, so that they lie together in a
// cluster.
extension RedisScript {
    /// KEYS people, seats, version, spares. ARGV user, instance, author, seat, limit, channel, room, whether they must
    /// fit, how many seats may be leased ahead.
    /// 2: is new here; 1: was here already; 0: no seat is free; 3: none but those that others have leased ahead, who hear
    /// of it. And how many this instance has ahead.
    static let arrive = RedisScript(
        name: "arrive",
        source: tell + ahead + """
            local seat = tonumber(ARGV[4])
            local limit = tonumber(ARGV[5])
            local spare = limit > 0 and spares(ARGV[2]) or 0
            local held = redis.call('HGET', KEYS[1], ARGV[1])
            if held then
                local was, where = string.match(held, '^(%d)|([^|]*)|')
                if not string.find(',' .. where, ',' .. ARGV[2] .. ',', 1, true) then
                    where = where .. ARGV[2] .. ','
                end
                if was == '0' then seat = 0 end
                if was == '1' and seat == 0 then redis.call('DECR', KEYS[2]) end
                redis.call('HSET', KEYS[1], ARGV[1], seat .. '|' .. where .. '|' .. ARGV[3])
                return {1, lease(ARGV[2], spare, limit, tonumber(ARGV[9]))}
            end
            local isFull = limit > 0 and ARGV[8] == '1' and tonumber(redis.call('GET', KEYS[2]) or '0') >= limit
            if seat == 1 and isFull and spare > 0 then
                spare = keep(ARGV[2], spare, spare - 1)
                isFull = false
            end
            if seat == 1 and isFull then
                if redis.call('HLEN', KEYS[4]) == 0 then return {0, 0} end
                redis.call('PUBLISH', ARGV[6], '{"type":"seats_wanted","room":"' .. ARGV[7] .. '"}')
                return {3, 0}
            end
            if seat == 1 then redis.call('INCR', KEYS[2]) end
            redis.call('HSET', KEYS[1], ARGV[1], seat .. '|' .. ARGV[2] .. ',|' .. ARGV[3])
            tell('user_joined', ARGV[3], ARGV[6], ARGV[7])
            return {2, lease(ARGV[2], spare, limit, tonumber(ARGV[9]))}
            """)

    /// KEYS people, seats, version, spares. ARGV user, instance, channel, room, whether they are the instance's last.
    /// 2: is gone; 1: is at another instance still; 0: was not here.
    static let depart = RedisScript(
        name: "depart",
        source: tell + leave + ahead + """
            if ARGV[5] == '1' then keep(ARGV[2], spares(ARGV[2]), 0) end
            return leave(ARGV[1], ARGV[2], ARGV[3], ARGV[4])
            """)

    /// KEYS people, seats, version, spares. ARGV instance, most, limit, how many may be leased ahead.
    /// How many seats the instance has ahead: of those that it had the most that it is to keep, and perhaps more.
    static let stock = RedisScript(
        name: "stock",
        source: ahead + """
            local spare = spares(ARGV[1])
            spare = keep(ARGV[1], spare, math.min(spare, tonumber(ARGV[2])))
            return lease(ARGV[1], spare, tonumber(ARGV[3]), tonumber(ARGV[4]))
            """)

    /// KEYS people, seats, version, spares. ARGV instance, channel, room. How many are gone.
    static let purge = RedisScript(
        name: "purge",
        source: tell + leave + ahead + """
            keep(ARGV[1], spares(ARGV[1]), 0)
            local gone = 0
            for _, user in ipairs(redis.call('HKEYS', KEYS[1])) do
                if leave(user, ARGV[1], ARGV[2], ARGV[3]) == 2 then gone = gone + 1 end
            end
            return gone
            """)

    /// KEYS people, seats. ARGV user, seat.
    static let reseat = RedisScript(
        name: "reseat",
        source: """
            local held = redis.call('HGET', KEYS[1], ARGV[1])
            if not held then return 0 end
            local was, rest = string.match(held, '^(%d)(.*)$')
            if was == ARGV[2] then return 1 end
            redis.call(ARGV[2] == '1' and 'INCR' or 'DECR', KEYS[2])
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. rest)
            return 1
            """)

    /// KEYS people, version. The version, and everybody.
    static let roll = RedisScript(
        name: "roll",
        source: "return {redis.call('GET', KEYS[2]) or '0', redis.call('HGETALL', KEYS[1])}")

    /// KEYS instances. ARGV instance, lease in milliseconds, whether it is its first.
    /// Whether the lease goes on, and who else's is over.
    static let renew = RedisScript(
        name: "renew",
        source: """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
            local over = redis.call('ZRANGEBYSCORE', KEYS[1], 0, now)
            if ARGV[3] == '0' and (not held or tonumber(held) <= now) then
                -- Changes nothing, but is refused by a Redis that is full: nobody is entered anew there, nor taken out.
                redis.call('ZADD', KEYS[1], 'XX', held or 0, ARGV[1])
                return {0, over}
            end
            redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
            return {1, over}
            """)

    private static let tell = """
        local function tell(type, author, channel, room)
            local version = redis.call('INCR', KEYS[3])
            local time = redis.call('TIME')
            local at = time[1] * 1000 + math.floor(time[2] / 1000)
            redis.call('PUBLISH', channel, '{"type":"' .. type .. '","room":"' .. room .. '","user":' .. author
                .. ',"people_count":' .. redis.call('HLEN', KEYS[1]) .. ',"at":' .. string.format('%.0f', at)
                .. ',"version":' .. version .. '}')
        end

        """

    // Of the seats that are free one process has a fourth at most ahead, so that all have some.
    private static let ahead = """
        local function spares(instance)
            return tonumber(redis.call('HGET', KEYS[4], instance) or '0')
        end

        local function keep(instance, spare, kept)
            if kept == spare then return spare end
            redis.call('INCRBY', KEYS[2], kept - spare)
            if kept > 0 then
                redis.call('HSET', KEYS[4], instance, kept)
            else
                redis.call('HDEL', KEYS[4], instance)
            end
            return kept
        end

        local function lease(instance, spare, limit, bound)
            if limit == 0 then return spare end
            local free = limit - tonumber(redis.call('GET', KEYS[2]) or '0')
            local wish = math.min(bound, math.floor((free + spare) / 4))
            return keep(instance, spare, math.max(spare, wish))
        end

        """

    private static let leave = """
        local function leave(user, instance, channel, room)
            local held = redis.call('HGET', KEYS[1], user)
            if not held then return 0 end
            local was, where, author = string.match(held, '^(%d)|([^|]*)|(.*)$')
            local others = ''
            local found = false
            for name in string.gmatch(where, '[^,]+') do
                if name == instance then found = true else others = others .. name .. ',' end
            end
            if not found then return 0 end
            if others ~= '' then
                redis.call('HSET', KEYS[1], user, was .. '|' .. others .. '|' .. author)
                return 1
            end
            redis.call('HDEL', KEYS[1], user)
            if was == '1' then redis.call('DECR', KEYS[2]) end
            tell('user_left', author, channel, room)
            return 2
        end

        """
}

extension RedisScript {
    /// What every connection tells Redis first.
    static let all = [
        arrive, depart, stock, purge, reseat, roll, renew, note, publishTopic, readTopic, takeRate,
        hold, living, takeOn, layDown,
    ]
    /// What it tells the members of a cluster.
    static let allSharded = [
        arrive, depart, stock, purge, reseat, roll, renew, note, publishClusterTopic, readClusterTopic,
        enterTopic, takeRate, hold, living, takeOn, layDown,
    ]
}
