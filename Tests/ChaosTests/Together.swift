/// Does several things at once; the first that fails ends the others, and its failure is the one that is told.
func together(_ deeds: [@Sendable () async throws -> Void]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for deed in deeds { group.addTask { try await deed() } }
        // Not `waitForAll`, which waits for the others also when one has failed.
        for try await _ in group {}
    }
}
