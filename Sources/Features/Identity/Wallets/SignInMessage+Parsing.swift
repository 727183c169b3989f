extension SignInMessage {
    /// Resources in one message.
    public static let resourceLimit = 32

    /// Reads a text; nil where it is not exactly what the grammar of these messages allows.
    ///
    /// - Parameter text: The signed text's bytes.
    public init?(parsing text: [UInt8], for chain: WalletChain) {
        // All that the grammar allows is ASCII: what looks like another letter is none.
        guard text.allSatisfy({ $0 < 0x80 }) else { return nil }
        var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        let request = Array(SignInMessage.request(chain).utf8)
        guard lines.count >= 2, let first = lines.popFirst(),
            first.reversed().starts(with: request.reversed())
        else { return nil }
        let domain = first.dropLast(request.count)
        guard SignInGrammar.isAuthority(domain), let address = lines.popFirst(),
            chain.allowsAddress(address)
        else { return nil }
        self.init(domain: SignInMessage.string(domain), address: SignInMessage.string(address))
        guard readStatement(&lines), readFields(&lines, chain), readResources(&lines), lines.isEmpty else {
            return nil
        }
    }

    private typealias Lines = ArraySlice<ArraySlice<UInt8>>

    private static func string(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// Takes the statement with the empty lines around it; what is left begins with a field.
    private mutating func readStatement(_ lines: inout Lines) -> Bool {
        guard let empty = lines.popFirst() else { return true }
        guard empty.isEmpty, let line = lines.first else { return false }
        // A statement that looks like a field is a field: we never write such a one.
        if SignInMessage.isField(line) { return true }
        guard SignInGrammar.isStatement(line) else { return false }
        values[.statement] = SignInMessage.string(line)
        lines.removeFirst()
        guard let second = lines.popFirst() else { return true }
        return second.isEmpty && lines.first.map(SignInMessage.isField) == true
    }

    private static func isField(_ line: ArraySlice<UInt8>) -> Bool {
        line.elementsEqual(resourcesTag.utf8)
            || SignInMessage.lines.contains { line.starts(with: $0.tag.utf8) }
    }

    /// Takes fields in their order, each at most once.
    private mutating func readFields(_ lines: inout Lines, _ chain: WalletChain) -> Bool {
        for (field, tag) in SignInMessage.lines {
            guard let line = lines.first, line.starts(with: tag.utf8) else { continue }
            lines.removeFirst()
            let value = line.dropFirst(tag.utf8.count)
            guard SignInMessage.isValue(value, of: field, chain) else { return false }
            values[field] = SignInMessage.string(value)
        }
        return true
    }

    private static func isValue(_ value: ArraySlice<UInt8>, of field: Field, _ chain: WalletChain) -> Bool {
        switch field {
        case .uri: SignInGrammar.isURI(value)
        case .version: value.elementsEqual("1".utf8)
        case .chainID: chain.allowsNetwork(string(value))
        case .nonce: value.count >= 8 && value.allSatisfy(SignInGrammar.isAlphanumeric)
        case .issuedAt, .expirationTime, .notBefore: SignInGrammar.isDateTime(Array(value))
        case .requestID: SignInGrammar.isPath(value)
        case .domain, .address, .statement, .resources: false
        }
    }

    private mutating func readResources(_ lines: inout Lines) -> Bool {
        guard let line = lines.first, line.elementsEqual(SignInMessage.resourcesTag.utf8) else { return true }
        lines.removeFirst()
        var resources: [String] = []
        while let line = lines.popFirst() {
            let uri = line.dropFirst(SignInMessage.resourceTag.utf8.count)
            guard line.starts(with: SignInMessage.resourceTag.utf8), SignInGrammar.isURI(uri),
                resources.count < SignInMessage.resourceLimit
            else { return false }
            resources.append(SignInMessage.string(uri))
        }
        self.resources = resources
        return true
    }
}
