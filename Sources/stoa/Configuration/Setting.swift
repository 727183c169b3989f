/// One key of the configuration: all that parser, checker, help and documentation say of it comes from here.
struct Setting: Sendable {
    /// What values it takes.
    enum Kind: Sendable {
        case text
        case flag
        case integer(ClosedRange<Int64>)
        /// One of some words.
        case choice([String])
        /// Texts separated by commas.
        case list
    }

    /// The key, as `limits.commands_per_second`.
    let key: String
    let kind: Kind
    /// The value where nobody gives one.
    let standard: String
    /// What a number counts; empty for texts.
    let unit: String
    /// What it does, and what another value would mean.
    let words: String
    /// Whether its value is never shown.
    let isSecret: Bool

    init(
        _ key: String, _ kind: Kind, _ standard: String, unit: String = "", secret isSecret: Bool = false,
        _ words: String
    ) {
        self.key = key
        self.kind = kind
        self.standard = standard
        self.unit = unit
        self.words = words
        self.isSecret = isSecret
    }

    /// The variable of the environment that sets it.
    var variable: String { "STOA_" + key.uppercased().map { $0 == "." ? "_" : $0 } }

    /// The flag that sets it.
    var flag: String { "--" + key.map { $0 == "_" ? "-" : $0 } }

    /// The values it takes, in words.
    var bounds: String {
        switch kind {
        case .text: "text"
        case .flag: "true or false"
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .choice(let words): words.joined(separator: ", ")
        case .list: "list of texts, separated by commas"
        }
    }

    /// Checks a value.
    ///
    /// - Returns: What is wrong with it, or nil.
    func fault(of value: String) -> String? {
        switch kind {
        case .text, .list: return nil
        case .choice(let words):
            return words.contains(value) ? nil : "is one of \(words.joined(separator: ", "))"
        case .flag: return ["true", "false"].contains(value) ? nil : "is true or false"
        case .integer(let range):
            guard let number = Int64(value), range.contains(number) else {
                return "is a whole number of \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        }
    }
}
