/// What is said first on a connection, and what the answers have to be.
struct RedisGreeting {
    /// What is expected at the other end.
    enum Kind: Sendable {
        /// A server of its own, which takes writes.
        case server
        /// The one that the Sentinels call the master.
        case master
        /// A member of a cluster that has slots.
        case clusterNode
        /// Any member of a cluster.
        case clusterGuide
        /// A Sentinel.
        case sentinel
    }

    /// A command, and what its answer shows to be missing.
    struct Step {
        let command: [RedisArgument]
        var lack: (RedisReply) -> String? = { _ in nil }
    }

    private let address: RedisAddress
    private let settings: RedisSettings
    private let role: RedisConnection.Role
    private let kind: Kind
    private let loop: Int

    init(
        _ address: RedisAddress, _ settings: RedisSettings, _ role: RedisConnection.Role, _ kind: Kind,
        loop: Int
    ) {
        self.address = address
        self.settings = settings
        self.role = role
        self.kind = kind
        self.loop = loop
    }

    /// All of it; whoever has had the last answer is let in.
    var steps: [Step] {
        var steps: [Step] = []
        if !address.password.isEmpty {
            let user: [RedisArgument] = address.user.isEmpty ? [] : [.text(address.user)]
            steps.append(
                Step(
                    command: ["AUTH"] + user + [.text(address.password)],
                    lack: RedisGreeting.complaint("it does not let us in")))
        }
        if address.database > 0 {
            steps.append(
                Step(
                    command: ["SELECT", .integer(Int64(address.database))],
                    lack: RedisGreeting.complaint("it refuses the database")))
        }
        steps.append(Step(command: ["CLIENT", "SETNAME", .text("stoa-\(settings.instance)-\(loop)")]))
        // A Sentinel's users may often do no more than ask it.
        if kind == .sentinel {
            return steps + [Step(command: ["PING"], lack: RedisGreeting.complaint("it does not let us in"))]
        }
        if role == .commands { steps += rights }
        if kind == .clusterNode {
            steps.append(
                Step(command: ["CLUSTER", "INFO"]) { reply in
                    let state = ServerVersion.field("cluster_state", in: reply.text ?? "")
                    return state == "fail" ? "its cluster is down" : nil
                })
        }
        steps += [
            info("cluster", clusterLack), info("replication", replicationLack),
            info("server") { ServerVersion.lack(in: $0, isCluster: isCluster) },
        ]
        // Last: who listens may say nothing else.
        return role == .subscriber ? steps + listening : steps
    }

    /// What the process calls itself; nil where the answer does not say.
    func run(_ reply: RedisReply) -> String? {
        let run = ServerVersion.field("run_id", in: reply.text ?? "")
        return run.isEmpty ? nil : run
    }

    private var isCluster: Bool { kind == .clusterNode || kind == .clusterGuide }

    private func info(_ section: String, _ lack: @escaping (String) -> String?) -> Step {
        Step(command: ["INFO", .text(section)]) { reply in
            if case .error(let words) = reply { return "it refuses to say what it is: \(words)" }
            return lack(reply.text ?? "")
        }
    }

    private func clusterLack(_ info: String) -> String? {
        let isEnabled = ServerVersion.field("cluster_enabled", in: info) == "1"
        if isEnabled == isCluster { return nil }
        return isEnabled
            ? "it belongs to a cluster: name that as redis+cluster://"
            : "it belongs to no cluster: name it as redis://"
    }

    private func replicationLack(_ info: String) -> String? {
        guard kind != .clusterGuide, ServerVersion.field("role", in: info) == "slave" else { return nil }
        return "it is a replica, which takes no writes"
    }

    // MARK: Rights

    /// A channel of each kind. Nobody listens to those that have no name, and who listens to the others passes over what
    /// is empty.
    private static let channels = [
        "room::presence", "room::messages", "room::documents", "room::control", "topic:",
        "global:notifications", "stoa:tables", "stoa:said", "stoa:topics", "stoa:prices", "price:",
        "candles:", "anomalies", "risk:", "portfolio:", "watchlist:", "leaderboard:",
    ]

    /// What a user of Redis has to be allowed, tried where it changes nothing.
    private var rights: [Step] {
        let publish: RedisArgument = isCluster ? "SPUBLISH" : "PUBLISH"
        let channels = RedisGreeting.channels.map { channel in
            right([publish, .text(channel), ""], "publish on channels as \(channel)")
        }
        return [
            Step(command: ["EVAL", .text(RedisGreeting.rightsSource), "1", "stoa:{check}:right"] + commands) {
                reply in
                if case .error(let words) = reply, words.hasPrefix("NOPERM") {
                    return "its user may not run scripts (EVAL) on keys stoa:*: \(words)"
                }
                let lacks = (reply.members ?? []).compactMap(\.text)
                return lacks.isEmpty ? nil : "its user may not \(lacks.joined(separator: ", ")) keys stoa:*"
            }
        ] + channels + [right(["PEXPIRE", "price:", "1"], "write keys price:*")]
    }

    /// Which of the commands in ARGV the user lacks; a Redis before 7 does not say.
    private static let rightsSource = """
        local lacks = {}
        if not redis.acl_check_cmd then return lacks end
        for _, name in ipairs(ARGV) do
            if not redis.acl_check_cmd(name, KEYS[1], KEYS[1], KEYS[1]) then lacks[#lacks + 1] = name end
        end
        return lacks
        """

    /// What steps and questions are made of, on keys of ours.
    static let commands = [
        "DECR", "DEL", "EXISTS", "GET", "HDEL", "HGET", "HGETALL", "HKEYS", "HLEN", "HMGET", "HSET", "INCR",
        "INCRBY", "LPOP", "LRANGE", "PEXPIRE", "RPUSH", "SADD", "SET", "SETNX", "SRANDMEMBER", "SREM", "ZADD",
        "ZCARD", "ZRANGEBYLEX", "ZRANGEBYSCORE", "ZREM", "ZSCORE",
    ]

    private var commands: [RedisArgument] { RedisGreeting.commands.map { .text($0) } }

    /// The same of listening: each is heard for a moment.
    private var listening: [Step] {
        let (begin, end): (RedisArgument, RedisArgument) =
            isCluster ? ("SSUBSCRIBE", "SUNSUBSCRIBE") : ("SUBSCRIBE", "UNSUBSCRIBE")
        return RedisGreeting.channels.flatMap { channel in
            [
                right([begin, .text(channel)], "listen to channels as \(channel)"),
                Step(command: [end, .text(channel)]),
            ]
        }
    }

    private func right(_ command: [RedisArgument], _ deed: String) -> Step {
        Step(command: command) { reply in
            // Any other error, as that the slot is elsewhere, comes after the rights were looked at.
            guard case .error(let words) = reply, words.hasPrefix("NOPERM") else { return nil }
            return "its user may not \(deed): \(words)"
        }
    }

    private static func complaint(_ words: String) -> (RedisReply) -> String? {
        { reply in
            guard case .error(let reason) = reply else { return nil }
            return "\(words): \(reason)"
        }
    }
}
