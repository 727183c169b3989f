import Testing

@testable import RedisPubSub

@Suite("addresses of Redis")
struct RedisAddressTests {
    @Test(
        "an address names place, person and database",
        arguments: [
            ("redis://localhost", "localhost:6379", "", 0, false),
            ("redis://10.0.0.7:7000/3", "10.0.0.7:7000", "", 3, false),
            ("rediss://cache.example:6380", "cache.example:6380", "", 0, true),
            ("redis://:secret@h", "h:6379", ":secret", 0, false),
            ("redis://ann:a%40b%2Fc@h:1", "h:1", "ann:a@b/c", 0, false),
            ("redis://[::1]:6390/1", "[::1]:6390", "", 1, false),
            ("unix:///run/redis.sock", "/run/redis.sock", "", 0, false),
            ("unix://ann:pw@/run/r.sock?database=2", "/run/r.sock", "ann:pw", 2, false),
        ])
    func anAddressIsRead(_ text: String, _ name: String, _ person: String, _ database: Int, _ isSecure: Bool)
        throws
    {
        let address = try RedisAddress(text)
        #expect(address.name == name)
        #expect(
            (address.user.isEmpty && address.password.isEmpty ? "" : "\(address.user):\(address.password)")
                == person)
        #expect(address.database == database)
        #expect(address.isSecure == isSecure)
    }

    @Test(
        "what is no address is refused, and its password not told",
        arguments: [
            "localhost:6379", "http://h", "redis://", "redis://h:0", "redis://h:70000", "redis://h/x",
            "unix://relative", "unix:///a?db=1", "redis://u:hunter%2@h", "redis://u:hunter2@h:port",
        ])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect {
            _ = try RedisAddress(text)
        } throws: { error in
            !"\(error)".contains("hunter")
        }
    }

    @Test(
        "an address that crosses a network in the clear is known for it",
        arguments: [
            ("redis://10.0.0.7", true), ("redis://127.0.0.1", false), ("redis://localhost", false),
            ("rediss://10.0.0.7", false), ("unix:///run/s", false), ("redis://[::1]", false),
        ])
    func exposureIsKnown(_ text: String, _ isExposed: Bool) throws {
        #expect(try RedisAddress(text).isExposed == isExposed)
    }

    @Test(
        "a server that lacks something is told apart by its version",
        arguments: [
            ("redis_version:7.0.15\r\n", nil as String?), ("redis_version:6.2.0\r\n", nil),
            ("# Server\r\nredis_version:6.0.16\r\n", "it is version 6.0.16, and Stoa needs 6.2 or later"),
            ("", "it does not say its version"),
        ])
    func versions(_ info: String, _ lack: String?) { #expect(ServerVersion.lack(in: info) == lack) }
}
