import TestRandom
import Testing

@Suite("Fan-out against a model")
struct FanOutPropertyTests {
    @Test(
        "every reader gets the bytes of a plain list of frames, whatever happens within a turn (DESIGN 3.1, 3.8)",
        arguments: [6000, 60_000, 1 << 30], 0..<12)
    func agrees(backlogLimit: Int, seed: Int) async throws {
        let operations = FanOutScript.operations(seed: UInt64(seed), count: 400)
        let failure = try await shortestFailure(of: operations) {
            try await FanOutRig.run($0, backlogLimit: backlogLimit)
        }
        if let failure { Issue.record("\(failure)") }
    }
}
