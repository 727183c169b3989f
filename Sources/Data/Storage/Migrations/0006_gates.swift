extension Migration {
    /// Gates as trees, and what is remembered of those who have shown what a gate asks for.
    static let gates = Migration(number: 6, name: "gates") { dialect in
        [
            "ALTER TABLE rooms ADD COLUMN gate TEXT",
            """
            CREATE TABLE gate_leases (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, user_id TEXT NOT NULL,
                wallet_tenant TEXT NOT NULL, granted SMALLINT, verified_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, room_id, user_id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX gate_leases_by_user ON gate_leases (tenant_id, user_id)",
        ]
    }
}
