/// Makes a list of operations that breaks a rule as short as it gets, so that what is left tells why.
///
/// Leaves out ever smaller pieces, as long as the rest still breaks the rule (delta debugging).
///
/// - Parameters:
///   - time: Nothing shorter is tried after it: a rule that is broken by waiting in vain takes its time.
///   - breaks: Whether a list breaks the rule.
/// - Returns: A list of which no tried piece can be left out.
public func shrunk<Operation>(
    _ operations: [Operation], within time: Duration = .seconds(30),
    _ breaks: ([Operation]) async throws -> Bool
) async rethrows -> [Operation] {
    var shortest = operations
    var length = max(1, operations.count / 2)
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end {
        var start = 0
        var hasShrunk = false
        while start < shortest.count, ContinuousClock.now < end {
            var candidate = shortest
            candidate.removeSubrange(start..<min(start + length, candidate.count))
            if try await breaks(candidate) {
                shortest = candidate
                hasShrunk = true
            } else {
                start += length
            }
        }
        if length == 1, !hasShrunk { break }
        length = max(1, length / 2)
    }
    return shortest
}

/// What is wrong with a list of operations, and the shortest part of it that is still wrong; nil where nothing is.
///
/// - Parameter problem: What a list breaks, or nil.
public func shortestFailure<Operation>(
    of operations: [Operation], _ problem: ([Operation]) async throws -> String?
) async rethrows -> String? {
    guard let found = try await problem(operations) else { return nil }
    let shortest = try await shrunk(operations) { try await problem($0) != nil }
    return "\(found)\nthe shortest way to it:\n" + shortest.map { "\($0)" }.joined(separator: "\n")
}
