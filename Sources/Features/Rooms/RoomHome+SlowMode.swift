import ClientProtocol
import Reactor
import Storage

// Slow mode: this home refuses what it knows to be too early, and the store what was said elsewhere.
extension RoomHome {
    /// Authors whose last posts are remembered before old ones are forgotten.
    private static let lastPostLimit = 10_000

    /// How long after their last message somebody may not do what they are about to do; 0 for no wait.
    func slowMode(of act: RoomAct, _ role: Role, _ record: RoomRecord) -> Int64 {
        guard role == .member, case .post = act.deed else { return 0 }
        return record.slowModeMilliseconds
    }

    func slowDown(
        _ user: String, _ clientID: String?, _ role: Role, _ record: RoomRecord
    ) throws(ClientError) {
        guard record.slowModeMilliseconds > 0, role == .member else { return }
        let now = shard.loop.now
        if let last = lastPosts[user], now - last.at < record.slowModeMilliseconds {
            // The same message again, because its acknowledgement was lost: that is no second one.
            if let clientID, clientID == last.clientID { return }
            throw RoomHome.slowMode(record.slowModeMilliseconds - (now - last.at))
        }
        if lastPosts.count > RoomHome.lastPostLimit {
            lastPosts = lastPosts.filter { now - $0.value.at < record.slowModeMilliseconds }
        }
        lastPosts[user] = (now, clientID)
    }

    static func slowMode(_ wait: Int64) -> ClientError {
        let seconds = (wait + 999) / 1000
        return ClientError(
            .slowMode, "Wait \(seconds) second\(seconds == 1 ? "" : "s") before you write again.",
            retryAfter: wait)
    }

    /// A message has come back from the store: one that was refused costs its author no further wait.
    func settleSlowMode(_ result: AppendResult) {
        guard let user = slowPosts.removeValue(forKey: result.ticket) else { return }
        switch result.outcome {
        case .refused(.slowMode(let wait)):
            lastPosts[user] = (shard.loop.now + wait - (record?.slowModeMilliseconds ?? wait), nil)
        case .refused, .failed: lastPosts[user] = nil
        case .appended, .duplicate, .unchanged: break
        }
    }
}
