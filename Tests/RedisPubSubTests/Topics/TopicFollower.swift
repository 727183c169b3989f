import ClientProtocol
import JSON

@testable import PubSub

/// What a client makes of topics' messages, and what is wrong with them.
struct TopicFollower {
    struct Place: Hashable {
        let channel: String
        let epoch: String
        let offset: Int64
    }

    private(set) var positions: [String: StreamPosition] = [:]
    private(set) var seen: [Place: Int64] = [:]
    /// Where each epoch's publications began for this client.
    private(set) var beginnings: [String: Int64] = [:]
    private(set) var problems: [String] = []

    mutating func take(_ message: JSONValue) {
        switch message["type"]?.string {
        case "snapshot":
            guard case .object(let channels) = message["channels"] else { return }
            for member in channels {
                let (channel, state) = (member.name, member.value)
                guard state["recovered"]?.bool != true else { continue }
                positions[channel] = state.position
                beginnings[state.position.epoch] = state.position.offset
            }
        case "publication": published(message)
        case "gap":
            guard let channel = message["channel"]?.string, let to = message["to"]?.integer else { return }
            if positions[channel]?.offset != to { problems.append("a gap to \(to) is not to the snapshot") }
        default: break
        }
    }

    private mutating func published(_ message: JSONValue) {
        guard let channel = message["channel"]?.string, let offset = message["offset"]?.integer,
            let position = positions[channel]
        else { return problems.append("a publication of nothing subscribed") }
        if offset != position.offset + 1 {
            problems.append("\(offset) after \(position.offset) of \(position.epoch)")
        }
        if message["epoch"]?.string != position.epoch { problems.append("another epoch without a gap") }
        positions[channel]?.offset = offset
        let place = Place(channel: channel, epoch: position.epoch, offset: offset)
        seen[place] = message["data"]?.integer
    }
}
