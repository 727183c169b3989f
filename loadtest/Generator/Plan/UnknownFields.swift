/// Refuses what a file should not have: a typing mistake must not become a default.
enum UnknownFields {
    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    static func refuse<Key: CodingKey>(
        _ decoder: any Decoder, known: (String) -> Key?, in what: String
    ) throws {
        let given = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        if let unknown = given.first(where: { known($0) == nil }) {
            throw LoadError("unknown field \"\(unknown)\" in \(what)")
        }
    }
}
