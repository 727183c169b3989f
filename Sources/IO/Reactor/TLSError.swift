import COpenSSL

/// OpenSSL refused something at start-up or reload: a certificate, a key, a setting.
public struct TLSError: Error, Sendable, CustomStringConvertible {
    /// What was attempted.
    public let action: String
    /// OpenSSL's reasons, the first one first.
    public let reasons: [String]

    /// Takes the reasons from OpenSSL's queue of this thread, and so empties it.
    init(_ action: String) {
        self.action = action
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            var text = [CChar](repeating: 0, count: 256)
            unsafe ERR_error_string_n(code, &text, text.count)
            let end = text.firstIndex(of: 0) ?? text.count
            reasons.append(String(decoding: text[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
        self.reasons = reasons
    }

    /// The action and the reasons.
    public var description: String {
        reasons.isEmpty ? action : "\(action): \(reasons.joined(separator: "; "))"
    }
}
