/// How many of something each process has, of which somebody may have so many over all of them.
public protocol SharedHoldings: Sendable {
    /// Says how many this process has.
    ///
    /// - Parameters:
    ///   - name: Whose, and of what.
    ///   - limit: How many they may have over all processes: only beyond is it looked which processes live.
    /// - Returns: How many all that live have; nil where the others cannot be reached.
    func hold(_ count: Int64, of name: String, limit: Int64) async -> Int64?

    /// Has `tell` called, on any thread, each time that the others may have forgotten what this process has: all of it is
    /// to be said again.
    func onForgotten(_ tell: @escaping @Sendable () -> Void)
}
