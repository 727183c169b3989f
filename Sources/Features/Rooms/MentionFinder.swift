import Storage

/// Finds `@name` in texts: the people of a room by their names, without regard to case.
struct MentionFinder {
    private static let wordLimit = 4
    /// Each person's name, in lower case.
    private var names: [String: String] = [:]
    /// The people of each name; made when it is first asked for, since in most rooms nobody ever is mentioned.
    private var users: [String: [String]]?
    /// Members beyond this number are found only while they are present: a bound on a large room's memory.
    static let memberLimit = 5000

    /// Makes a person's name known, in place of an earlier one.
    mutating func add(user: String, name: String) {
        let key = name.lowercased()
        if let old = names[user] {
            guard old != key else { return }
            users?[old]?.removeAll { $0 == user }
        } else if names.count >= MentionFinder.memberLimit {
            return
        }
        names[user] = key
        users?[key, default: []].append(user)
    }

    /// The people named in a text, each once, in the order of the text.
    mutating func mentions(in text: String) -> [String] {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return [] }
        let users = indexed()
        var found: [String] = []
        var previous: Character = " "
        var index = text.startIndex
        while index < text.endIndex, found.count < 50 {
            let character = text[index]
            index = text.index(after: index)
            if character == "@", !previous.isLetter, !previous.isNumber {
                for user in MentionFinder.match(text[index...], users) where !found.contains(user) {
                    found.append(user)
                }
            }
            previous = character
        }
        return found
    }

    private mutating func indexed() -> [String: [String]] {
        if let users { return users }
        let made = Dictionary(grouping: names.keys.sorted()) { names[$0] ?? "" }
        users = made
        return made
    }

    /// The people whose name the text begins with; the longest name counts.
    private static func match(_ rest: Substring, _ users: [String: [String]]) -> [String] {
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
