import Storage

/// One small question about numbers, asked again and again over a connection of its own.
final class Question: Sendable {
    private let link: Link
    private let sql: String

    init(_ link: Link, _ sql: String) {
        self.link = link
        self.sql = sql
    }

    /// Asks; blocks until the answer or the link's patience is there.
    ///
    /// - Returns: The answer, which may be NULL (an inner nil); nil where there was none.
    func ask() -> Int64?? {
        guard let connection = try? link.open() else { return nil }
        do throws(StorageError) {
            let rows = try connection.run(sql)
            link.worked()
            guard var columns = rows.first?.first?.columns else { return nil }
            return .some(try columns.optionalInteger())
        } catch {
            let condition = connection.condition
            if condition.isGone { link.drop(condition, error) } else { link.worked() }
            return nil
        }
    }

    func close() { link.close() }
}
