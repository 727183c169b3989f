import COpenSSL
import Glibc

/// OpenSSL refused something at start-up or reload: a certificate, a key, a setting.
public struct TLSError: Error, Sendable, CustomStringConvertible {
    /// What was attempted.
    public let action: String
    /// The reasons in words, the first failure first.
    public let reasons: [String]

    /// Takes the reasons from OpenSSL's queue of this thread, and so empties it.
    init(_ action: String) {
        self.action = action
        var told: [String] = []
        var raw: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            if let words = TLSError.words(code) {
                if !told.contains(words) { told.append(words) }
            } else if let words = TLSError.reason(code), !raw.contains(words) {
                raw.append(words)
            }
        }
        reasons = told.isEmpty ? raw : told
    }

    /// The action and the reasons.
    public var description: String {
        reasons.isEmpty ? action : "\(action): \(reasons.joined(separator: ", "))"
    }

    /// What an error means for who wrote the file; nil where only OpenSSL knows.
    private static func words(_ code: UInt) -> String? {
        if code & systemFlag != 0 { return unsafe String(cString: strerror(CInt(code & (systemFlag - 1)))) }
        switch (ERR_GET_LIB(code), ERR_GET_REASON(code)) {
        case (ERR_LIB_PEM, PEM_R_NO_START_LINE): return "there is no such PEM block in it"
        case (ERR_LIB_PEM, PEM_R_BAD_END_LINE), (ERR_LIB_PEM, PEM_R_BAD_BASE64_DECODE), (ERR_LIB_ASN1, _):
            return "its PEM block is damaged"
        case (ERR_LIB_PEM, PEM_R_BAD_PASSWORD_READ), (ERR_LIB_PEM, PEM_R_PROBLEMS_GETTING_PASSWORD):
            return "it is encrypted, and there is nobody to ask for the password"
        case (ERR_LIB_OSSL_DECODER, _): return "there is no key in it that can be read"
        case (ERR_LIB_SSL, SSL_R_EE_KEY_TOO_SMALL): return "its key is too short"
        case (ERR_LIB_SSL, SSL_R_CA_MD_TOO_WEAK): return "its signature's hash is too weak"
        default: return nil
        }
    }

    /// OpenSSL's own words; nil where it only says in which of its libraries something failed before.
    private static func reason(_ code: UInt) -> String? {
        guard let text = unsafe ERR_reason_error_string(code) else { return nil }
        let words = unsafe String(cString: text)
        return words.hasSuffix(" lib") ? nil : words
    }

    /// OpenSSL's `ERR_SYSTEM_FLAG`: the code is an `errno`.
    private static let systemFlag: UInt = 0x8000_0000
}
