import Foundation
import JSON
import Synchronization

/// A Solana ledger with its nodes, run by Tests/Ledger: what tests sell their tokens on.
public final class Ledger: Sendable {
    /// `http://127.0.0.1:port`.
    public let base: String
    private let port: UInt16
    private let process: ChildProcess

    /// Starts a ledger of its own.
    public init() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let python = root.appending(path: ".build/ledger/bin/python3").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw TestFailure("the ledger's packages are missing: run .ci/install --tests")
        }
        let pipe = Pipe()
        process = try ChildProcess(
            python, [root.appending(path: "Tests/Ledger/server.py").path],
            ProcessInfo.processInfo.environment,
            output: pipe.fileHandleForWriting.fileDescriptor, errors: 2)
        try pipe.fileHandleForWriting.close()
        base = await Task.detached { Ledger.firstLine(of: pipe.fileHandleForReading) }.value
        port = base.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        guard port > 0 else { throw TestFailure("the ledger did not start") }
    }

    deinit { process.kill() }

    private static func firstLine(of file: FileHandle) -> String {
        var bytes: [UInt8] = []
        while bytes.last != 10 {
            let chunk = file.availableData
            guard !chunk.isEmpty else { break }
            bytes += chunk
        }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A node's address.
    public func node(_ name: String) -> String { base + "/node/" + name }

    /// Acts on the ledger.
    ///
    /// - Throws: ``TestFailure`` where the ledger refuses.
    @discardableResult
    public func act(_ name: String, _ arguments: [(String, JSONValue)] = []) async throws -> JSONValue {
        var writer = JSONWriter()
        let members = [JSONMember("act", .string(name))] + arguments.map { JSONMember($0.0, $0.1) }
        JSONValue.object(members).write(to: &writer)
        let body = writer.text()
        let head = "POST /control HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        let connection = try RawConnection(port: port)
        connection.send(head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
        let answer = try HTTPAnswer(raw: try await connection.receiveAll()).json ?? .null
        guard let result = answer["result"] else {
            throw TestFailure("\(name): \(answer["error"]?.string ?? "no answer")")
        }
        return result
    }
}

// MARK: Acts by their names

extension Ledger {
    /// A new wallet.
    public func wallet(lamports: Int64 = 0) async throws -> String {
        try await text("wallet", [("lamports", .integer(lamports))])
    }

    /// Many new wallets, each with so much of a token.
    public func crowd(_ count: Int64, mint: String? = nil, amount: Int64 = 1) async throws -> [String] {
        let arguments = [
            ("count", JSONValue.integer(count)), ("mint", mint.map { .string($0) } ?? .null),
            ("amount", .integer(amount)),
        ]
        return (try await act("crowd", arguments).array ?? []).compactMap(\.string)
    }

    /// Gives the ledger a wallet's key, so that it can act for it.
    public func importWallet(seed: [UInt8]) async throws {
        let digits = seed.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        try await act("import_wallet", [("seed", .string(digits))])
    }

    /// A new mint.
    ///
    /// - Parameter program: `spl-token` or `spl-token-2022`.
    public func createMint(decimals: Int64 = 6, program: String = "spl-token") async throws -> String {
        try await text("create_mint", [("decimals", .integer(decimals)), ("program", .string(program))])
    }

    /// Makes tokens for an owner, in a further account where it is to be fresh.
    public func mint(_ mint: String, to owner: String, _ amount: UInt64, fresh: Bool = false) async throws {
        let arguments = [
            ("mint", JSONValue.string(mint)), ("owner", .string(owner)), ("amount", .number(String(amount))),
            ("fresh", .bool(fresh)),
        ]
        try await act("mint", arguments)
    }

    /// Moves tokens from the source's associated account.
    public func transfer(
        _ mint: String, from source: String, to target: String, _ amount: Int64
    ) async throws {
        let arguments = [
            ("mint", JSONValue.string(mint)), ("source", .string(source)), ("target", .string(target)),
            ("amount", .integer(amount)),
        ]
        try await act("transfer", arguments)
    }

    /// A collection of NFTs.
    public func createCollection(_ name: String = "Collection") async throws -> String {
        try await text("create_collection", [("name", .string(name))])
    }

    /// An NFT as an indexer knows it.
    ///
    /// - Parameter kind: `nft`, `programmable`, `core` or `compressed`.
    public func createAsset(
        owner: String, collection: String, verified: Bool = true, kind: String = "nft"
    ) async throws -> String {
        let arguments = [
            ("owner", JSONValue.string(owner)), ("collection", .string(collection)),
            ("verified", .bool(verified)), ("kind", .string(kind)),
        ]
        return try await text("create_asset", arguments)
    }

    /// Makes a node fail, so many times or for ever; nil heals it.
    public func fault(
        _ node: String, _ fault: String?, times: Int64? = nil, _ arguments: [(String, JSONValue)] = []
    ) async throws {
        var all: [(String, JSONValue)] = [("node", .string(node))] + arguments
        if let fault { all.append(("fault", .string(fault))) }
        if let times { all.append(("left", .integer(times))) }
        try await act("fault", all)
    }

    /// The methods that a node was asked for so far.
    public func calls(_ node: String) async throws -> [String] {
        let calls = try await act("calls").array ?? []
        return calls.filter { $0["node"]?.string == node }.compactMap { $0["method"]?.string }
    }

    private func text(_ name: String, _ arguments: [(String, JSONValue)]) async throws -> String {
        guard let text = try await act(name, arguments).string else { throw TestFailure("\(name): no text") }
        return text
    }
}
