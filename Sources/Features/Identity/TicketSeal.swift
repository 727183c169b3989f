import Cryptography

/// Keeps a token unreadable for whoever has not its ticket: what processes share shows nobody a credential.
///
/// A ticket is 256 random bits and seals one token, once, so the token is combined with a stream that HMAC-SHA-256 makes
/// of the ticket and a counter. What comes out is verified as a token anyway, so nothing else vouches for it.
enum TicketSeal {
    /// Seals a token, or opens what was sealed: both are the same.
    static func apply(_ bytes: [UInt8], ticket: String) -> [UInt8] {
        let key = Array(ticket.utf8)
        var result = bytes
        var block: [UInt8] = []
        for index in result.indices {
            if index % 32 == 0 {
                let number = UInt32(index / 32)
                let counter = (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
                block = HMAC.sha256(key: key.span, message: counter.span)
            }
            result[index] ^= block[index % 32]
        }
        return result
    }
}
