extension Migration {
    /// What assets' risk is scored by, and people's portfolios.
    static let risk = Migration(number: 19, name: "risk_and_portfolios") { dialect in
        [
            """
            CREATE TABLE risk_inputs (
                symbol TEXT NOT NULL PRIMARY KEY, market_cap TEXT, volatility TEXT, volume TEXT, contract TEXT,
                audit_score TEXT, sentiment TEXT, top_holders TEXT, source_market_cap TEXT, source_volume TEXT,
                source TEXT, changed_at BIGINT NOT NULL
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE portfolios (
                tenant_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL,
                created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, PRIMARY KEY (tenant_id, id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX portfolios_by_owner ON portfolios (tenant_id, user_id, id)",
            """
            CREATE TABLE portfolio_holdings (
                tenant_id TEXT NOT NULL, portfolio_id TEXT NOT NULL, symbol TEXT NOT NULL, user_id TEXT NOT NULL,
                amount TEXT NOT NULL, PRIMARY KEY (tenant_id, portfolio_id, symbol)
            )\(dialect.clustered)
            """,
            "CREATE INDEX portfolio_holdings_by_owner ON portfolio_holdings (tenant_id, user_id)",
            """
            CREATE TABLE portfolio_shares (
                tenant_id TEXT NOT NULL, portfolio_id TEXT NOT NULL, user_id TEXT NOT NULL, owner_id TEXT NOT NULL,
                at BIGINT NOT NULL, PRIMARY KEY (tenant_id, portfolio_id, user_id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX portfolio_shares_by_person ON portfolio_shares (tenant_id, user_id)",
            "CREATE INDEX portfolio_shares_by_owner ON portfolio_shares (tenant_id, owner_id)",
        ]
    }
}
