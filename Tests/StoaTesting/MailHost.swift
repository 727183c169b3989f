import Foundation
import JSON
import Synchronization

/// A real mail host, run by Tests/Mail: what the server sends its codes through.
public final class MailHost: Sendable {
    /// A mail that it took, or the recipient of one that it refused.
    public struct Mail: Sendable {
        public let json: JSONValue
        public var text: String { json["text"]?.string ?? "" }
        public var recipients: [String] { json["to"]?.array?.compactMap(\.string) ?? [] }
        public var isRefused: Bool { json["refused"] != nil }

        /// The six digits in it.
        public var code: String? {
            text.split { !$0.isNumber }.map(String.init).last { $0.count == 6 }
        }
    }

    public let port: UInt16
    private let process: ChildProcess
    private let lines: Mutex<[Mail]>

    /// Starts a host.
    ///
    /// - Parameter arguments: As Tests/Mail/server.py takes them.
    public init(_ arguments: String...) async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let python = root.appending(path: ".build/mail/bin/python3").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw TestFailure("the mail host's packages are missing: run .ci/install --tests")
        }
        let pipe = Pipe()
        process = try ChildProcess(
            python, [root.appending(path: "Tests/Mail/server.py").path] + arguments,
            ProcessInfo.processInfo.environment, output: pipe.fileHandleForWriting.fileDescriptor, errors: 2)
        try pipe.fileHandleForWriting.close()
        let reader = pipe.fileHandleForReading
        let first = await Task.detached { MailHost.line(of: reader) }.value
        port = first.flatMap { UInt16($0) } ?? 0
        lines = Mutex([])
        guard port > 0 else { throw TestFailure("the mail host did not start") }
        Thread.detachNewThread { [weak self] in
            while let line = MailHost.line(of: reader) {
                guard let json = try? JSONValue(parsing: line) else { continue }
                self?.lines.withLock { $0.append(Mail(json: json)) }
            }
        }
    }

    deinit { process.kill() }

    private static func line(of file: FileHandle) -> String? {
        var bytes: [UInt8] = []
        while let byte = try? file.read(upToCount: 1)?.first {
            if byte == 10 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }

    /// Mails so far.
    public var mails: [Mail] { lines.withLock { $0 } }

    /// Waits until there are so many mails.
    ///
    /// - Returns: The last one.
    @discardableResult
    public func mail(_ count: Int, within seconds: Double = 30) async throws -> Mail {
        try await eventually("\(count) mails", within: seconds) { mails.count >= count }
        return mails[count - 1]
    }
}
