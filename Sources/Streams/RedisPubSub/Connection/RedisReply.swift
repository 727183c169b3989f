/// What Redis answers (RESP2).
enum RedisReply: Equatable, Sendable {
    /// A simple or bulk string.
    case bytes([UInt8])
    /// An integer.
    case integer(Int64)
    /// A list.
    case list([RedisReply])
    /// Null.
    case null
    /// A refusal: code and sentence.
    case error(String)

    /// A string's text.
    var text: String? {
        guard case .bytes(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// An integer, also one that was sent as a string.
    var number: Int64? {
        switch self {
        case .integer(let number): number
        case .bytes: text.flatMap { Int64($0) }
        default: nil
        }
    }

    /// A list's members.
    var members: [RedisReply]? {
        guard case .list(let members) = self else { return nil }
        return members
    }
}

extension RedisReply {
    /// A list's names, each with what follows it, as maps are told in RESP2; what has no name as text is left out.
    var pairs: [(name: String, value: RedisReply)] {
        guard let members else { return [] }
        return stride(from: 0, to: members.count - 1, by: 2).compactMap { index in
            members[index].text.map { ($0, members[index + 1]) }
        }
    }
}
