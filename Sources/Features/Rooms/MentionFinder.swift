import Storage

/// Finds `@name` in texts: the people of a room by their names, without regard to case.
struct MentionFinder {
    private static let wordLimit = 4
    private var users: [String: [String]] = [:]
    private var names: [String: String] = [:]
    /// Members beyond this number are found only while they are present: a bound on a large room's memory.
    static let memberLimit = 5000

    /// Makes a person's name known, in place of an earlier one.
    mutating func add(user: String, name: String) {
        let key = name.lowercased()
        if let old = names[user] {
            guard old != key else { return }
            users[old]?.removeAll { $0 == user }
        } else if names.count >= MentionFinder.memberLimit {
            return
        }
        names[user] = key
        users[key, default: []].append(user)
    }

    /// The people named in a text, each once, in the order of the text.
    func mentions(in text: String) -> [String] {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return [] }
        var found: [String] = []
        var previous: Character = " "
        var index = text.startIndex
        while index < text.endIndex, found.count < 50 {
            let character = text[index]
            index = text.index(after: index)
            if character == "@", !previous.isLetter, !previous.isNumber {
                for user in match(text[index...]) where !found.contains(user) { found.append(user) }
            }
            previous = character
        }
        return found
    }

    /// The people whose name the text begins with; the longest name counts.
    private func match(_ rest: Substring) -> [String] {
        var candidates: [String] = []
        var words = 0
        var end = rest.startIndex
        var previousIsWord = false
        for index in rest.indices.prefix(64) {
            let character = rest[index]
            let isWord = character.isLetter || character.isNumber || character == "_"
            if previousIsWord, !isWord {
                candidates.append(rest[..<index].lowercased())
                words += 1
                if words == MentionFinder.wordLimit { break }
            }
            if character.isNewline { break }
            previousIsWord = isWord
            end = rest.index(after: index)
        }
        if words < MentionFinder.wordLimit, previousIsWord { candidates.append(rest[..<end].lowercased()) }
        for candidate in candidates.reversed() {
            if let matched = users[candidate], !matched.isEmpty { return matched }
        }
        return []
    }
}
