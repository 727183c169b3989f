import PostgresStorage
import Storage
import Testing

@Suite("Connection strings")
struct TargetTests {
    @Test(
        "what another machine hears must be over TLS (issue 6, section 2)",
        arguments: [
            ("host=db.example dbname=stoa", true), ("host=db.example sslmode=prefer", true),
            ("postgresql://u:p@db.example/stoa", true),
            ("postgresql://u:p@db.example/stoa?sslmode=require", false),
            ("host=db.example sslmode=verify-full", false), ("host=/run/postgresql,db.example", true),
            ("host=/run/postgresql", false), ("dbname=stoa", false), ("host=127.0.0.1", false),
            ("host=localhost port=5433", false), ("postgresql://[::1]/stoa", false), ("service=stoa", true),
            ("host=trusted.example hostaddr=10.0.0.7", true), ("service=stoa sslmode=verify-ca", false),
        ])
    func plainText(_ text: String, _ isReadable: Bool) throws {
        #expect(try PostgresTarget(text).isReadableOnTheWay == isReadable)
    }

    @Test(
        "what cannot be read is refused without a word of it",
        arguments: ["host", "postgresql://u:s3cret@[", "a='s3cret"])
    func unreadable(_ text: String) {
        do {
            _ = try PostgresTarget(text)
            Issue.record("it was read")
        } catch {
            #expect(!"\(error)".contains("s3cret"))
        }
    }

    @Test("its description names database and hosts, and no password")
    func description() throws {
        let target = try PostgresTarget("postgresql://ann:s3cret@db1,db2/stoa")
        #expect(target.description == "stoa on db1,db2")
        #expect(try PostgresTarget("dbname=stoa").description == "stoa on this machine")
    }
}
