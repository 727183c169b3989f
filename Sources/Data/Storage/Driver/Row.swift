/// One row of a result.
public struct Row: Sendable, Hashable {
    /// The columns' values in the order of the `SELECT` list.
    public let values: [DatabaseValue]

    /// A row of these values.
    public init(_ values: [DatabaseValue]) { self.values = values }

    /// A reader that takes the columns from left to right.
    public var columns: RowReader { RowReader(values) }
}
