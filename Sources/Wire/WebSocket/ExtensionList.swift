import Bytes
import HTTP

/// The value of `Sec-WebSocket-Extensions` (RFC 6455 §9.1).
enum ExtensionList {
    /// One extension with its parameters, in lower case where case does not matter.
    struct Item: Equatable {
        var name: String
        var parameters: [Parameter] = []
    }

    struct Parameter: Equatable {
        var name: String
        var value: String?
    }

    /// Reads `name; parameter; parameter=value, name …`.
    ///
    /// - Returns: Nil where it is anything else; the handshake fails then.
    static func parse(_ text: Span<UInt8>) -> [Item]? {
        var items: [Item] = []
        var scanner = ListScanner(text)
        repeat {
            guard let name = scanner.token() else { return nil }
            var item = Item(name: name)
            while scanner.take(UInt8(ascii: ";")) {
                guard let name = scanner.token() else { return nil }
                var parameter = Parameter(name: name)
                if scanner.take(UInt8(ascii: "=")) {
                    guard let value = scanner.tokenOrQuoted() else { return nil }
                    parameter.value = value
                }
                item.parameters.append(parameter)
            }
            items.append(item)
        } while scanner.take(UInt8(ascii: ","))
        return scanner.isAtEnd ? items : nil
    }
}

/// Walks over tokens and separators, skipping blanks.
struct ListScanner: ~Escapable {
    private let bytes: Span<UInt8>
    private var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool {
        mutating get {
            skipBlanks()
            return position == bytes.count
        }
    }

    /// Consumes `separator` where it is next.
    mutating func take(_ separator: UInt8) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == separator else { return false }
        position += 1
        return true
    }

    /// The token that is next.
    mutating func token() -> String? {
        skipBlanks()
        let start = position
        while position < bytes.count, HTTPSyntax.isTokenByte(bytes[position]) { position += 1 }
        return position > start ? String(utf8: bytes.extracting(start..<position)) : nil
    }

    /// A token, or a token between quotes (RFC 6455 §9.1: quoted, it must be one as well).
    mutating func tokenOrQuoted() -> String? {
        guard take(UInt8(ascii: "\"")) else { return token() }
        var value: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") { position += 1 }
            guard position < bytes.count, HTTPSyntax.isTokenByte(bytes[position]) else { return nil }
            value.append(bytes[position])
            position += 1
        }
        guard take(UInt8(ascii: "\"")), !value.isEmpty else { return nil }
        return String(utf8: value.span)
    }

    private mutating func skipBlanks() {
        while position < bytes.count, HTTPSyntax.isBlank(bytes[position]) { position += 1 }
    }
}
