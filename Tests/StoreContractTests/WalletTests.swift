import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Wallets")
struct WalletTests {
    private func wallet(_ address: String, of user: String, at: Int64 = 1000) -> WalletRecord {
        WalletRecord(
            chain: "solana", address: address, user: user, userName: user.uppercased(),
            at: Timestamp(milliseconds: at))
    }

    @Test(
        "the first sign-in makes the wallet somebody's, later ones find them", arguments: StoreDriver.allCases
    )
    func signIn(on driver: StoreDriver) async throws {
        let wallets = WalletRepository(database: try await TestStore.open(on: driver).database)
        #expect(try await wallets.signIn(wallet("a", of: "ann")).user == "ann")
        let again = try await wallets.signIn(wallet("a", of: "new", at: 2000))
        #expect(again.user == "ann")
        #expect(again.userName == "ANN")
        #expect(again.linkedAt.milliseconds == 1000)
        #expect(again.usedAt.milliseconds == 2000)
        let other = WalletRecord(chain: "xrpl", address: "a", user: "bob", userName: "Bob")
        #expect(try await wallets.signIn(other).user == "bob")
    }

    @Test(
        "of many who come first with one wallet all become the same person", arguments: StoreDriver.allCases)
    func firstOnes(on driver: StoreDriver) async throws {
        let wallets = WalletRepository(database: try await TestStore.open(on: driver).database)
        let people = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<20 {
                group.addTask { try await wallets.signIn(wallet("a", of: "u\(number)")).user }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(people.count == 1)
    }

    @Test("a wallet is one person's, a person has several up to a bound", arguments: StoreDriver.allCases)
    func linking(on driver: StoreDriver) async throws {
        let wallets = WalletRepository(database: try await TestStore.open(on: driver).database)
        _ = try await wallets.signIn(wallet("a", of: "ann"))
        guard
            case .linked(let second, isNew: true) = try await wallets.link(
                wallet("b", of: "ann", at: 2), limit: 2)
        else {
            Issue.record("not linked")
            return
        }
        #expect(
            try await wallets.link(wallet("b", of: "ann", at: 9), limit: 2) == .linked(second, isNew: false))
        #expect(try await wallets.link(wallet("c", of: "ann"), limit: 2) == .tooMany)
        #expect(try await wallets.link(wallet("a", of: "bob"), limit: 2) == .taken)
        #expect(try await wallets.wallets(of: "ann").map(\.address) == ["b", "a"])
        #expect(try await wallets.wallets(of: "bob").isEmpty)
    }

    @Test(
        "a person's last wallet stays where it must, others go and are free for anybody",
        arguments: StoreDriver.allCases)
    func unlinking(on driver: StoreDriver) async throws {
        let wallets = WalletRepository(database: try await TestStore.open(on: driver).database)
        _ = try await wallets.signIn(wallet("a", of: "ann"))
        _ = try await wallets.link(wallet("b", of: "ann"), limit: 9)
        func unlink(_ address: String, _ user: String, keepsLast: Bool = true) async throws -> UnlinkOutcome {
            try await wallets.unlink(chain: "solana", address: address, from: user, keepsLast: keepsLast)
        }
        #expect(try await unlink("a", "bob") == .unknown)
        #expect(try await unlink("a", "ann") == .unlinked)
        #expect(try await unlink("a", "ann") == .unknown)
        #expect(try await unlink("b", "ann") == .last)
        #expect(try await wallets.signIn(wallet("a", of: "bob")).user == "bob")
        #expect(try await unlink("b", "ann", keepsLast: false) == .unlinked)
    }

    @Test("two who take a person's last two wallets at once leave one", arguments: StoreDriver.allCases)
    func lastOfTwo(on driver: StoreDriver) async throws {
        let wallets = WalletRepository(database: try await TestStore.open(on: driver).database)
        for address in ["a", "b"] { _ = try await wallets.link(wallet(address, of: "ann"), limit: 9) }
        let outcomes = try await withThrowingTaskGroup(of: UnlinkOutcome.self) { group in
            for address in ["a", "b"] {
                group.addTask {
                    try await wallets.unlink(chain: "solana", address: address, from: "ann", keepsLast: true)
                }
            }
            return try await group.reduce(into: Set<UnlinkOutcome>()) { $0.insert($1) }
        }
        #expect(outcomes == [.unlinked, .last])
    }

    @Test("tenants know nothing of each other's wallets", arguments: StoreDriver.allCases)
    func tenants(on driver: StoreDriver) async throws {
        let database = try await TestStore.open(on: driver).database
        let (one, two) = (
            WalletRepository(database: database), WalletRepository(database: database, tenant: "b")
        )
        _ = try await one.signIn(wallet("a", of: "ann"))
        #expect(try await two.signIn(wallet("a", of: "bob")).user == "bob")
        #expect(try await one.wallets(of: "bob").isEmpty)
    }
}
