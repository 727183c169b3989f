extension Migration {
    /// The record of privileged acts says from where they came and what came of them, and nobody changes it: a line
    /// goes only when it is older than what the one row of `audit_floor` says.
    static let record = Migration(number: 9, name: "record") { dialect in
        [
            "ALTER TABLE audit ADD COLUMN address TEXT",
            "ALTER TABLE audit ADD COLUMN request_id TEXT",
            "ALTER TABLE audit ADD COLUMN outcome TEXT NOT NULL DEFAULT 'done'",
            "ALTER TABLE audit ADD COLUMN count BIGINT NOT NULL DEFAULT 1",
            "CREATE INDEX audit_by_id ON audit (id)",
            "CREATE INDEX audit_by_actor ON audit (actor_id, id)",
            "CREATE INDEX audit_by_target ON audit (target, id)",
            "CREATE TABLE audit_floor (name TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)\(dialect.clustered)",
            "INSERT INTO audit_floor (name, at) VALUES ('floor', 0)",
        ] + guards(dialect)
    }

    private static func guards(_ dialect: Dialect) -> [String] {
        switch dialect {
        case .sqlite:
            [
                """
                CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit BEGIN
                    SELECT RAISE(ABORT, 'the record is append-only');
                END
                """,
                """
                CREATE TRIGGER audit_is_old BEFORE DELETE ON audit
                WHEN OLD.at >= (SELECT at FROM audit_floor WHERE name = 'floor') BEGIN
                    SELECT RAISE(ABORT, 'the record is append-only');
                END
                """,
            ]
        case .postgres:
            [
                """
                CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF TG_OP = 'DELETE' AND OLD.at < (SELECT at FROM audit_floor WHERE name = 'floor') THEN
                        RETURN OLD;
                    END IF;
                    RAISE EXCEPTION 'the record is append-only';
                END $$
                """,
                """
                CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit
                FOR EACH ROW EXECUTE FUNCTION audit_refuse()
                """,
            ]
        }
    }
}
