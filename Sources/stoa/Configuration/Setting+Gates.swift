extension Setting {
    static let gates: [Setting] = [
        Setting(
            "solana.rpc", .list, "", secret: true,
            "Addresses of Solana nodes (JSON-RPC, and DAS for collections), the preferred one first; the next is asked where one fails. Empty: no room can be gated by holdings."
        ),
        Setting(
            "solana.requests_per_second", .integer(0...100_000), "20", unit: "requests/s",
            "Questions to all nodes together, of which half is kept for those who wait at a door and a quarter for looks at members; 0 for no limit."
        ),
        Setting(
            "solana.rpc_ws", .text, "", secret: true,
            "The address of a node's WebSocket, which tells of accounts that change, so that members are looked at sooner; empty for none."
        ),
        Setting(
            "solana.subscriptions", .integer(1...1_000_000), "10000", unit: "accounts",
            "Accounts that the node is asked to tell of; others are seen by the sweep."),
        Setting(
            "xrpl.rpc", .list, "", secret: true,
            "Addresses of nodes of the XRP Ledger (JSON-RPC), the preferred one first. Empty: no room can be gated by what is held there."
        ),
        Setting(
            "xrpl.requests_per_second", .integer(0...100_000), "20", unit: "requests/s",
            "The same for the XRP Ledger, where each wallet is a question of its own in every sweep."),
        Setting(
            "gates.timeout_ms", .integer(50...60_000), "3000", unit: "ms",
            "How long one node may take to answer."),
        Setting(
            "gates.cache_ms", .integer(0...600_000), "10000", unit: "ms",
            "How old a reading may be that lets somebody in."),
        Setting(
            "gates.recheck_ms", .integer(10...600_000), "5000", unit: "ms",
            "The least time between the two readings that take a member out."),
        Setting(
            "gates.sweep_ms", .integer(50...86_400_000), "60000", unit: "ms",
            "How often those behind gates are looked at, give or take a fifth."),
        Setting(
            "gates.grace_ms", .integer(0...86_400_000), "900000", unit: "ms",
            "How long after the last good reading somebody stays, and may come back, while no node can say."),
        Setting(
            "gates.checks", .integer(0...100_000), "30", unit: "in 15 min",
            "How often one person may have what they hold read anew in a quarter of an hour; 0 for no limit."),
        Setting(
            "gates.questions", .integer(0...100_000), "120", unit: "questions/min",
            "How many questions to chains one person may cause in a minute, by joins, looks at gates, requests, saving and dry runs; 0 for no limit."
        ),
    ]
}
