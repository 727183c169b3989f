import ClientProtocol
import Identity
import PubSub

/// What a request for channels needs from elsewhere before it begins: what all processes say to its count, the lists
/// among its channels, and whether its person is a member of the rooms whose leaderboards are.
public struct StreamPreparation: Sendable {
    /// Who asks.
    let principal: Principal
    /// What is left to them of their tier; nil where nothing is counted.
    var reading: Meter.Reading?
    var lists: [String: ChannelList] = [:]
    /// Why it cannot begin.
    var refusal: ClientError?

    init(_ principal: Principal, _ reading: Meter.Reading?) {
        self.principal = principal
        self.reading = reading
    }
}
