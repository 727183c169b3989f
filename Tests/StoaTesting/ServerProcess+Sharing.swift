extension ServerProcess {
    /// Waits until it reaches the other processes: before that seats cannot be counted, and joins are to be tried again.
    public func untilOthersAreReached() async throws {
        try await eventually("the other processes are reached") {
            let health = try await http("GET", "/health/ready").json
            return health != nil && health?["status"]?.string != "starting" && health?["broker"] == nil
        }
    }
}
