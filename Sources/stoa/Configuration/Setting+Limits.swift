import Identity

extension Setting {
    static let tiers: [Setting] =
        RequestTier.allCases.map { tier in
            Setting(
                "limits.tier_\(tier.rawValue)", .integer(0...RateQuota.most), String(tier.usualCount),
                unit: "requests/h",
                "Requests for data of people of the tier `\(tier.rawValue)`, all at once if need be; 0 for no limit."
            )
        } + [
            Setting(
                "limits.tier", .choice(RequestTier.allCases.map(\.rawValue)), RequestTier.free.rawValue,
                "The tier of people of whom neither `stoa user tier` nor their token's `tier` says one. With `--dev` `power`, if neither it nor `limits.tier_free` is set."
            ),
            Setting(
                "limits.upgrade_url", .text, "",
                "Where people get more: told to those who have used their tier up."),
        ]

    static let limits: [Setting] = [
        Setting(
            "limits.connections", .integer(0...10_000_000), "100000", unit: "connections",
            "Connections in all; 0 for no limit."),
        Setting(
            "limits.connections_per_address", .integer(0...1_000_000), "1000", unit: "connections",
            "Connections from one address; 0 for no limit."),
        Setting(
            "limits.connections_per_user", .integer(0...100_000), "20", unit: "connections",
            "Connections of one person; 0 for no limit."),
        Setting(
            "limits.sign_ins", .integer(0...1_000_000), "5", unit: "in 15 min",
            "Sign-ins of one person, or codes to one mail address; of challenges and of proofs ten times as many from one address (of IPv6: one /64). In a quarter of an hour; 0 for no limit."
        ),
        Setting(
            "limits.service_keys", .integer(0...100_000), "1000", unit: "keys",
            "Service keys that may exist at a time; all of them are kept in memory."),
        Setting(
            "limits.commands_per_second", .integer(0...1_000_000), "20", unit: "requests/s",
            "Requests of one connection, and of one person over HTTP, twice as many at once; 0 for no limit."),
        Setting(
            "limits.key_commands_per_second", .integer(0...1_000_000), "500", unit: "requests/s",
            "Requests of one service key over HTTP, twice as many at once; 0 for no limit."),
        Setting(
            "limits.rooms_per_hour", .integer(0...1_000_000), "200", unit: "rooms/h",
            "Rooms that one person may make, all at once if need be; the operator is not counted. 0 for no limit."
        ),
        Setting(
            "limits.control_frames_per_second", .integer(0...100_000), "50", unit: "frames/s",
            "Pings and pongs of one client; 0 for no limit."),
        Setting(
            "limits.message_bytes", .integer(1024...16_777_216), "65536", unit: "bytes",
            "One message of a client."),
        Setting(
            "limits.frames_per_message", .integer(1...1_000_000), "1024", unit: "frames",
            "Frames that one message may be cut into."),
        Setting(
            "limits.inflate_ratio", .integer(0...10_000), "200", unit: "times",
            "How many times its size on the wire a compressed message may grow, beyond 64 KiB; 0 for no limit."
        ),
        Setting(
            "limits.backlog_bytes", .integer(16_384...268_435_456), "1048576", unit: "bytes",
            "Bytes that wait for a client that does not read; beyond that it is closed as `slow`."),
        Setting(
            "limits.channels", .integer(1...10_000), "128", unit: "channels",
            "Rooms and streams of one connection."),
        Setting(
            "limits.queued_appends", .integer(1...1_000_000), "10000", unit: "messages",
            "Messages that wait for the store; beyond that sends are refused as `unavailable`."),
    ]
}
