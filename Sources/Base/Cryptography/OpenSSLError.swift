import COpenSSL

/// What OpenSSL says went wrong.
public struct OpenSSLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The calls and reasons that it queued, the first failure first; empty where it queued none.
    public let reasons: [String]

    /// What was being done.
    public let operation: String

    /// Takes all errors off this thread's queue, so that none is taken for a later call's.
    public init(during operation: String) {
        self.operation = operation
        var reasons: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            reasons.append(OpenSSLError.text(code))
        }
        self.reasons = reasons
    }

    /// One line for a log.
    public var description: String {
        reasons.isEmpty ? "\(operation) failed" : "\(operation) failed: \(reasons.joined(separator: "; "))"
    }

    private static func text(_ code: UInt) -> String {
        var characters = [CChar](repeating: 0, count: 256)
        unsafe characters.withUnsafeMutableBufferPointer { buffer in
            unsafe ERR_error_string_n(code, buffer.baseAddress, buffer.count)
        }
        let bytes = characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
