/// A room's texts and queries as PostgreSQL's `tsvector` and `tsquery` in text form.
struct SearchWords {
    /// What the room's words begin with, in ASCII. Of two rooms that share it, the table's `room_id` tells them apart.
    private let prefix: [UInt8]

    init(tenant: String, room: String) {
        // FNV-1a: it must be the same for ever, and nobody gains by making two rooms share it.
        var hash: UInt32 = 2_166_136_261
        func add(_ byte: UInt8) { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        for byte in tenant.utf8 { add(byte) }
        add(0)
        for byte in room.utf8 { add(byte) }
        prefix = Array((String(hash, radix: 36) + ".").utf8)
    }

    /// A message's words with their positions; nil where it has none.
    func vector(_ text: String) -> String? {
        let words = SplitText(text)
        if words.isEmpty { return nil }
        var vector: [UInt8] = []
        vector.reserveCapacity(words.bytes.count + words.count * (prefix.count + 10))
        var position = 0
        words.forEach { word in
            if position > 0 { vector.append(UInt8(ascii: " ")) }
            position += 1
            vector.append(UInt8(ascii: "'"))
            vector.append(contentsOf: prefix)
            vector.append(contentsOf: word)
            vector.append(UInt8(ascii: "'"))
            vector.append(UInt8(ascii: ":"))
            // Positions end at 16,383 whatever is written: far behind that, words are found and phrases are not told
            // apart.
            PostgresText.append(Int64(min(position, 16_383)), to: &vector)
        }
        return String(decoding: vector, as: UTF8.self)
    }

    /// A query for all words of what somebody typed, or nil where there are none.
    ///
    /// What is one word to people and several to us (`foo-bar`, Chinese) is a phrase. The last word may be just a
    /// beginning, once it has two characters.
    func query(_ text: String) -> String? {
        let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "\0" }).prefix(32)
        var phrases = words.map { (text: $0, parts: SplitText(String($0)).words) }.filter {
            !$0.parts.isEmpty
        }
        guard let last = phrases.popLast() else { return nil }
        let isBeginning = last.text.count >= 2 && !(text.last?.isWhitespace ?? true)
        return (phrases.map { phrase($0.parts) } + [phrase(last.parts) + (isBeginning ? ":*" : "")])
            .joined(separator: " & ")
    }

    private func phrase(_ parts: [String]) -> String {
        let prefix = String(decoding: prefix, as: UTF8.self)
        return parts.map { "'\(prefix)\($0)'" }.joined(separator: " <-> ")
    }
}
