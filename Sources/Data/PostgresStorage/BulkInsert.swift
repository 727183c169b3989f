/// An `INSERT` of one row as one of several: a statement with many rows costs the server a fraction of as many
/// statements.
///
/// Only what means the same is written so: one list of values, nobody who waits for its rows, and no conflict that is
/// resolved by changing a row, which one statement may do once to each.
struct BulkInsert {
    /// How many rows a statement has, largest first: few sizes, so that each is prepared once.
    private static let sizes = [64, 16, 4]
    /// The protocol counts parameters in 16 bits.
    private static let parameterLimit = 65_535

    private let statements: [(count: Int, sql: String)]

    /// Of a row: what is said as it is, and numbers of parameters.
    private enum Piece {
        case text(String)
        case parameter(Int)
    }

    /// Nil where the statement is none of which many can be made one.
    init?(_ sql: String, parameterCount: Int) {
        guard sql.hasPrefix("INSERT INTO "), let values = sql.firstRange(of: "VALUES (") else { return nil }
        let rest = sql[values.upperBound...]
        guard let close = rest.firstIndex(of: ")"), !rest[..<close].contains("(") else { return nil }
        let end = rest[rest.index(after: close)...]
        let clause = end.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard clause.isEmpty || clause == "ON CONFLICT DO NOTHING" else { return nil }
        guard let row = BulkInsert.pieces(of: rest[..<close]), parameterCount > 0 else { return nil }
        var statements: [(count: Int, sql: String)] = []
        for count in BulkInsert.sizes where count * parameterCount <= BulkInsert.parameterLimit {
            let rows = (0..<count).map { BulkInsert.row(row, shift: $0 * parameterCount) }
            statements.append(
                (count, "\(sql[..<values.lowerBound])VALUES \(rows.joined(separator: ", "))\(end)"))
        }
        self.statements = statements
    }

    private static func pieces(of row: Substring) -> [Piece]? {
        var pieces: [Piece] = []
        for (index, part) in row.split(separator: "$", omittingEmptySubsequences: false).enumerated() {
            guard index > 0 else {
                pieces.append(.text(String(part)))
                continue
            }
            let digits = part.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits), number > 0 else { return nil }
            pieces.append(.parameter(number))
            pieces.append(.text(String(part.dropFirst(digits.count))))
        }
        return pieces
    }

    private static func row(_ pieces: [Piece], shift: Int) -> String {
        let texts = pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .parameter(let number): "$\(number + shift)"
            }
        }
        return "(\(texts.joined()))"
    }

    /// The statement for the next rows, and how many those are; nil where they are too few.
    func statement(rowsLeft: Int) -> (count: Int, sql: String)? {
        statements.first { $0.count <= rowsLeft }
    }
}
