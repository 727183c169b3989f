import Bytes

/// The rules that sign-in messages take from elsewhere: URIs (RFC 3986) and times (RFC 3339), as bytes of ASCII.
enum SignInGrammar {
    static func isAlphanumeric(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "-._~".utf8.contains(byte)
    }

    private static func isSubDelimiter(_ byte: UInt8) -> Bool { "!$&'()*+,;=".utf8.contains(byte) }

    /// `1*( reserved / unreserved / " " )`.
    static func isStatement(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy {
                isUnreserved($0) || isSubDelimiter($0) || ":/?#[]@ ".utf8.contains($0)
            }
    }

    /// `*pchar`.
    static func isPath(_ bytes: ArraySlice<UInt8>) -> Bool { isEncoded(bytes, also: ":@") }

    /// Whether all is unreserved, a sub-delimiter, one of some further characters, or a byte as `%2F`.
    private static func isEncoded(_ bytes: ArraySlice<UInt8>, also others: String) -> Bool {
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst(), let low = rest.popFirst(), ASCII.hexValue(high) != nil,
                    ASCII.hexValue(low) != nil
                else { return false }
            } else if !isUnreserved(byte), !isSubDelimiter(byte), !others.utf8.contains(byte) {
                return false
            }
        }
        return true
    }

    /// `authority`: a host that is not empty, with a user in front and a port behind where there are any.
    static func isAuthority(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
            guard isEncoded(rest[..<at], also: ":") else { return false }
            rest = rest[(at + 1)...]
        }
        if let colon = rest.lastIndex(of: UInt8(ascii: ":")), rest.last != UInt8(ascii: "]") {
            guard rest[(colon + 1)...].allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
            rest = rest[..<colon]
        }
        guard let first = rest.first else { return false }
        guard first == UInt8(ascii: "[") else { return isEncoded(rest, also: "") }
        // An address in brackets; whether it is one does not matter, since it must be the one that we wrote.
        return rest.count > 2 && rest.last == UInt8(ascii: "]")
            && rest.dropFirst().dropLast().allSatisfy {
                isUnreserved($0) || isSubDelimiter($0) || $0 == UInt8(ascii: ":")
            }
    }

    /// `URI`: a scheme, and what belongs behind it.
    static func isURI(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), isScheme(bytes[..<colon]) else {
            return false
        }
        var rest = bytes[(colon + 1)...]
        if let mark = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard isEncoded(rest[(mark + 1)...], also: ":@/?") else { return false }
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            guard isEncoded(rest[(mark + 1)...], also: ":@/?") else { return false }
            rest = rest[..<mark]
        }
        guard rest.starts(with: "//".utf8) else { return isEncoded(rest, also: ":@/") }
        rest = rest.dropFirst(2)
        let path = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        return isAuthority(rest[..<path]) && isEncoded(rest[path...], also: ":@/")
    }

    private static func isScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, ASCII.isAlphanumeric(first), !(0x30...0x39).contains(first) else {
            return false
        }
        return bytes.allSatisfy { isAlphanumeric($0) || "+-.".utf8.contains($0) }
    }

    /// `date-time`, on a day that there is.
    static func isDateTime(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]),
            let second = number(bytes[17..<19]),
            (1...12).contains(month), (1...DateTime.days(in: month, of: year)).contains(day), hour < 24,
            minute < 60, second <= 60
        else { return false }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return false }
            rest = rest[digits.endIndex...]
        }
        return isOffset(rest)
    }

    private static func isOffset(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = Array(bytes)
        if text == [UInt8(ascii: "Z")] { return true }
        guard text.count == 6, text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"),
            text[3] == UInt8(ascii: ":"), let hours = number(text[1..<3]), let minutes = number(text[4..<6])
        else { return false }
        return hours < 24 && minutes < 60
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
