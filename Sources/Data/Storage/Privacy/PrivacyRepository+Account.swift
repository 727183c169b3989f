public import Bytes

/// Statements that end what is kept of a person's account, by what they count as.
private let accountStatements: [(String, String)] = [
    ("sign_ins", "DELETE FROM sign_ins WHERE tenant_id = $1 AND user_id = $2 RETURNING id"),
    ("wallets", "DELETE FROM wallets WHERE tenant_id = $1 AND user_id = $2 RETURNING address"),
    ("mail_addresses", "DELETE FROM email_addresses WHERE tenant_id = $1 AND user_id = $2 RETURNING address"),
    ("tiers", "DELETE FROM tiers WHERE tenant_id = $1 AND user_id = $2 RETURNING tier"),
    ("notifications", "DELETE FROM notifications WHERE tenant_id = $1 AND user_id = $2 RETURNING id"),
    ("preferences", "DELETE FROM preferences WHERE tenant_id = $1 AND user_id = $2 RETURNING at"),
    (
        "portfolios",
        "DELETE FROM portfolio_holdings WHERE tenant_id = $1 AND user_id = $2 RETURNING symbol"
    ),
    ("portfolios", "DELETE FROM portfolio_shares WHERE tenant_id = $1 AND owner_id = $2 RETURNING user_id"),
    ("portfolios", "DELETE FROM portfolio_shares WHERE tenant_id = $1 AND user_id = $2 RETURNING owner_id"),
    ("portfolios", "DELETE FROM portfolios WHERE tenant_id = $1 AND user_id = $2 RETURNING id"),
    ("watchlists", "DELETE FROM watchlists WHERE tenant_id = $1 AND user_id = $2 RETURNING id"),
    ("jobs", "DELETE FROM jobs WHERE tenant_id = $1 AND user_id = $2 RETURNING id"),
]

/// Statements that end what rooms keep of a person beside their events.
private let traceStatements: [(String, String)] = [
    ("memberships", "DELETE FROM members WHERE tenant_id = $1 AND user_id = $2 RETURNING room_id"),
    ("read_markers", "DELETE FROM read_markers WHERE tenant_id = $1 AND user_id = $2 RETURNING room_id"),
    ("mentions", "DELETE FROM mentions WHERE tenant_id = $1 AND user_id = $2 RETURNING room_id"),
    ("hidden", "DELETE FROM hidden_people WHERE tenant_id = $1 AND user_id = $2 RETURNING hidden_id"),
    ("hidden", "DELETE FROM hidden_people WHERE tenant_id = $1 AND hidden_id = $2 RETURNING user_id"),
    ("invitations", "DELETE FROM invited WHERE tenant_id = $1 AND user_id = $2 RETURNING room_id"),
    ("invitations", "DELETE FROM invitations WHERE tenant_id = $1 AND user_id = $2 RETURNING id"),
    ("gates", "DELETE FROM gate_leases WHERE tenant_id = $1 AND user_id = $2 RETURNING room_id"),
    ("progress", "DELETE FROM progress_people WHERE tenant_id = $1 AND user_id = $2 RETURNING user_id"),
    ("progress", "DELETE FROM progress_parts WHERE tenant_id = $1 AND user_id = $2 RETURNING user_id"),
    ("progress", "DELETE FROM progress_events WHERE tenant_id = $1 AND user_id = $2 RETURNING user_id"),
    ("experience", "DELETE FROM xp_ledger WHERE tenant_id = $1 AND user_id = $2 RETURNING seq"),
    ("experience", "DELETE FROM xp_boards WHERE tenant_id = $1 AND user_id = $2 RETURNING board"),
    (
        "achievements",
        "DELETE FROM earned_achievements WHERE tenant_id = $1 AND user_id = $2 RETURNING achievement_id"
    ),
    ("keys", "DELETE FROM message_keys WHERE tenant_id = $1 AND author_id = $2 RETURNING seq"),
]

/// Statements that put a nameless person in somebody's place.
private let heirStatements: [String] = [
    "UPDATE rooms SET creator_id = $3 WHERE tenant_id = $1 AND creator_id = $2",
    "UPDATE bans SET banned_by = $3 WHERE tenant_id = $1 AND banned_by = $2",
    "UPDATE invitations SET invited_by = $3 WHERE tenant_id = $1 AND invited_by = $2",
    "UPDATE reports SET reporter_id = $3 WHERE tenant_id = $1 AND reporter_id = $2",
    "UPDATE service_keys SET made_by = $3 WHERE tenant_id = $1 AND made_by = $2",
]

extension PrivacyRepository {
    /// Ends a person's sign-ins, wallets, mail addresses and tier; keeps how far the job is.
    public func eraseAccount(_ job: PrivacyJob, lease: Timestamp) async throws(StorageError) -> PrivacyJob {
        try await database.write { (transaction) async throws(StorageError) in
            var job = job
            let key: [DatabaseValue] = [.text(job.person.tenant), .text(job.person.user)]
            for statement in [
                """
                DELETE FROM refresh_tokens WHERE sign_in_id IN (
                    SELECT id FROM sign_ins WHERE tenant_id = $1 AND user_id = $2)
                """,
                """
                DELETE FROM email_codes WHERE tenant_id = $1 AND address IN (
                    SELECT address FROM email_addresses WHERE tenant_id = $1 AND user_id = $2)
                """,
            ] { _ = try await transaction.query(statement, key) }
            // Before their portfolios: others' alerts on those end too.
            job.count("alerts", try await AlertRepository.deleteAll(of: job.person, in: transaction))
            for (kind, statement) in accountStatements {
                job.count(kind, try await transaction.query(statement, key).count)
            }
            job.finishStep()
            try await PrivacyRepository.save(job, part: nil, lease: lease, transaction)
            return job
        }
    }

    /// Ends what rooms keep of a person beside their events; keeps how far the job is.
    public func eraseTraces(
        _ job: PrivacyJob, lease: Timestamp, tenant: String = "default"
    ) async throws(StorageError) -> PrivacyJob {
        try await database.write { (transaction) async throws(StorageError) in
            var job = job
            let key: [DatabaseValue] = [.text(tenant), .text(job.person.user)]
            for (kind, statement) in traceStatements {
                job.count(kind, try await transaction.query(statement, key).count)
            }
            // What is under way with their progress comes to nothing, and leaderboards are read anew.
            _ = try await transaction.query(
                "UPDATE progress_clock SET version = version + 1, erasures = erasures + 1 WHERE name = 'clock'"
            )
            for statement in heirStatements {
                _ = try await transaction.query(statement, key + [.text(job.heir)])
            }
            job.finishStep()
            try await PrivacyRepository.save(job, part: nil, lease: lease, transaction)
            return job
        }
    }

    /// Who becomes a room's owner when its owner goes: the member of highest rank who has been there longest.
    public func heir(
        of room: String, besides user: String, tenant: String = "default"
    ) async throws(StorageError) -> String? {
        try await database.read { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                """
                SELECT user_id FROM members WHERE tenant_id = $1 AND room_id = $2 AND user_id <> $3
                ORDER BY rank, joined_at, user_id LIMIT 1
                """, [.text(tenant), .text(room), .text(user)])
            var columns = row?.columns
            return try columns?.text()
        }
    }
}
