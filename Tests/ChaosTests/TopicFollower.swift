import JSON

/// A subscriber's position in a topic, and everything that it was given.
struct TopicFollower {
    struct Place: Hashable {
        let epoch: String
        let offset: Int64
    }

    static let channel = "topic:chaos"

    private(set) var epoch = ""
    private(set) var offset: Int64 = 0
    private(set) var publications: [Place: String] = [:]
    /// What this member published, where the server said that it is.
    var acknowledged: [Place: String] = [:]

    /// The members of `subscribe`.
    var request: String {
        let since = #","since":{"\#(Self.channel)":{"epoch":"\#(epoch)","offset":\#(offset)}}"#
        return #""channels":["\#(Self.channel)"]"# + (epoch.isEmpty ? "" : since)
    }

    /// The answer to `subscribe`: the position stays where it was when all that was missed follows.
    mutating func subscribed(_ snapshot: JSONValue) {
        guard let state = snapshot["channels"]?[Self.channel] else { return }
        let newer = state["epoch"]?.string ?? ""
        if state["recovered"]?.bool == true, newer == epoch { return }
        (epoch, offset) = (newer, state["offset"]?.integer ?? 0)
    }

    mutating func published(_ message: JSONValue) throws {
        let next = message["offset"]?.integer ?? -1
        guard next == offset + 1 else { throw Broken("the topic is at \(epoch):\(offset) and gives \(next)") }
        offset = next
        publications[Place(epoch: epoch, offset: offset)] = message["data"]?.string ?? ""
    }
}
