import HTTP

extension RouteAudit {
    private static let ban = ["reason", "until"]
    private static let achievement = ["name", "xp", "rarity", "rule", "active", "mint"]
    private static let room = [
        "name", "type", "max_participants", "locked", "slow_mode_ms", "read_receipts", "receipts",
        "announce_achievements",
        "retention_days",
        "access_token_mint", "access_token_min_amount", "access_nft_collection", "gate",
    ]

    /// What is kept, by method and path.
    static let catalogue: [String: RouteAudit] = [
        "PATCH /api/v1/rooms/{}": RouteAudit(action: "room.update", room: 0, details: room),
        "DELETE /api/v1/rooms/{}": RouteAudit(action: "room.archive", room: 0),
        "PUT /api/v1/rooms/{}/members/{}": RouteAudit(
            action: "member.role", target: .parameter(1), room: 0, suffix: "role"),
        "DELETE /api/v1/rooms/{}/members/{}": RouteAudit(
            action: "member.remove", target: .parameter(1), room: 0, leavesOutOneself: true),
        "POST /api/v1/rooms/{}/bans": RouteAudit(
            action: "ban.add", target: .body("user"), room: 0, details: ban),
        "DELETE /api/v1/rooms/{}/bans/{}": RouteAudit(action: "ban.remove", target: .parameter(1), room: 0),
        "POST /api/v1/rooms/{}/wallet-bans": RouteAudit(
            action: "ban.add", target: .body("address"), room: 0, details: ["chain"] + ban),
        "DELETE /api/v1/rooms/{}/wallet-bans": RouteAudit(
            action: "ban.remove", target: .body("address"), room: 0, details: ["chain"]),
        "POST /api/v1/rooms/{}/invitations": RouteAudit(
            action: "invitation.add", target: .answer("id"), room: 0, details: ["user", "expires_at"]),
        "PUT /api/v1/bans/{}": RouteAudit(action: "server_ban.add", target: .parameter(0), details: ban),
        "DELETE /api/v1/bans/{}": RouteAudit(action: "server_ban.remove", target: .parameter(0)),
        "POST /api/v1/bans": RouteAudit(
            action: "server_ban.add", target: .body("network"), details: ["wallet", "tenant"] + ban),
        "DELETE /api/v1/bans": RouteAudit(
            action: "server_ban.remove", target: .body("network"), details: ["wallet", "tenant"]),
        "POST /api/v1/users/{}/revoke": RouteAudit(action: "user.revoke", target: .parameter(0)),
        "POST /api/v1/users/{}/sign-ins": RouteAudit(action: "user.sign_in", target: .parameter(0)),
        "PUT /api/v1/users/{}/tier": RouteAudit(
            action: "user.tier", target: .parameter(0), details: ["tier"]),
        "POST /api/v1/users/{}/notifications": RouteAudit(
            action: "user.notify", target: .parameter(0), details: ["kind"]),
        "POST /api/v1/tokens/revoke": RouteAudit(
            action: "token.revoke", target: .body("jti"), details: ["issuer", "expires_at"]),
        "POST /api/v1/keys": RouteAudit(
            action: "key.add", target: .answer("id"), details: ["name", "scopes", "expires_at"]),
        "POST /api/v1/keys/{}/rotate": RouteAudit(
            action: "key.rotate", target: .parameter(0), details: ["overlap_ms"]),
        "DELETE /api/v1/keys/{}": RouteAudit(action: "key.revoke", target: .parameter(0)),
        "POST /api/v1/achievements": RouteAudit(
            action: "achievement.add", target: .body("id"), details: achievement),
        "PUT /api/v1/achievements/{}": RouteAudit(
            action: "achievement.change", target: .parameter(0), details: achievement),
        "DELETE /api/v1/achievements/{}": RouteAudit(action: "achievement.remove", target: .parameter(0)),
        "POST /api/v1/me/export": RouteAudit(action: "data.export"),
        "POST /api/v1/me/erase": RouteAudit(action: "data.erase"),
        "POST /api/v1/users/{}/export": RouteAudit(action: "data.export", target: .parameter(0)),
        "POST /api/v1/users/{}/erase": RouteAudit(action: "data.erase", target: .parameter(0)),
        "GET /api/v1/jobs": RouteAudit(action: "job.list", keepsOnlyRefusals: true),
        "GET /api/v1/jobs/{}": RouteAudit(action: "job.read", target: .parameter(0)),
        "POST /api/v1/jobs/retry": RouteAudit(action: "job.retry", details: ["state", "kind"]),
        "POST /api/v1/jobs/{}/retry": RouteAudit(action: "job.retry", target: .parameter(0)),
        "DELETE /api/v1/jobs/{}": RouteAudit(action: "job.drop", target: .parameter(0)),
        "POST /api/v1/progress/rebuild": RouteAudit(action: "progress.rebuild", target: .body("user")),
        "POST /api/v1/drain": RouteAudit(action: "server.drain", details: ["hurry"]),
        "PUT /api/v1/log": RouteAudit(action: "log.level", details: ["level"]),
        "GET /api/v1/audit": RouteAudit(action: "audit.read", keepsOnlyRefusals: true),
        "POST /api/v1/auth/wallets": RouteAudit(
            action: "wallet.link", target: .body("address"), details: ["chain"]),
        "DELETE /api/v1/auth/wallets": RouteAudit(
            action: "wallet.unlink", target: .body("address"), details: ["chain"]),
        // Of the address nothing is kept but whose it is.
        "POST /api/v1/emails/unlock": RouteAudit(action: "email.unlock", target: .answer("user")),
        "POST /api/v1/auth/emails": RouteAudit(action: "email.link"),
        "DELETE /api/v1/auth/emails": RouteAudit(action: "email.unlink"),
        "POST /api/v1/auth/wallet/verify": RouteAudit(
            action: "sign_in.wallet", target: .body("address"), details: ["chain"], keepsOnlyRefusals: true),
        "POST /api/v1/auth/email": RouteAudit(action: "sign_in.email_code", keepsOnlyRefusals: true),
        "POST /api/v1/auth/email/verify": RouteAudit(action: "sign_in.email", keepsOnlyRefusals: true),
        "POST /api/v1/auth/refresh": RouteAudit(action: "sign_in.refresh", keepsOnlyRefusals: true),
    ]

    /// Requests that change something and are nobody's privilege.
    static let others: Set<String> = [
        "POST /api/v1/rooms", "POST /api/v1/rooms/{}/messages", "PATCH /api/v1/rooms/{}/messages/{}",
        "DELETE /api/v1/rooms/{}/messages/{}", "POST /api/v1/rooms/{}/reports", "PUT /api/v1/me/hidden/{}",
        "DELETE /api/v1/me/hidden/{}", "POST /api/v1/publish", "POST /api/v1/auth/ticket",
        "POST /api/v1/rooms/{}/gate/check", "POST /api/v1/rooms/{}/gate/dry-run", "POST /api/v1/auth/logout",
        "POST /api/v1/auth/wallet/challenge", "PATCH /api/v1/me",
        "POST /api/v1/alerts", "PATCH /api/v1/alerts/{}", "DELETE /api/v1/alerts/{}",
        "POST /api/v1/me/notifications/read", "PUT /api/v1/me/preferences",
        "PUT /api/v1/risk/{}", "POST /api/v1/portfolios", "PATCH /api/v1/portfolios/{}",
        "DELETE /api/v1/portfolios/{}", "PUT /api/v1/portfolios/{}/holdings/{}",
        "PUT /api/v1/portfolios/{}/shares/{}", "DELETE /api/v1/portfolios/{}/shares/{}",
        "POST /api/v1/watchlists", "PATCH /api/v1/watchlists/{}", "DELETE /api/v1/watchlists/{}",
        "PUT /api/v1/watchlists/{}/symbols/{}", "DELETE /api/v1/watchlists/{}/symbols/{}",
        "POST /api/v1/achievements/dry-run", "POST /api/v1/events",
        "POST /api/v1/rooms/{}/messages/{}/mint", "POST /api/v1/jobs/lease", "POST /api/v1/jobs/{}/complete",
        "POST /api/v1/jobs/{}/fail", "POST /api/v1/jobs/{}/extend",
    ]
}

extension [Route] {
    /// The same, each with what is kept of it.
    func audited() -> [Route] {
        map { route in
            var route = route
            route.audit = RouteAudit.catalogue[route.method.name + " " + route.template]
            return route
        }
    }
}
