public import Bytes
import JSON

/// A list of channels that a person keeps: what is said on the list's own channel, and whoever listens to that gets the
/// channels of the list too.
///
/// Its data are a JSON object with `symbols`, whose prices it lists, and `version`, which grows with each change.
public struct ChannelList: Sendable {
    /// The value of the list's own channel.
    let data: [UInt8]
    /// When it was changed.
    let at: Timestamp
    let version: Int64
    /// The channels that it lists, in its order.
    public let channels: [String]

    /// A list as its channel tells it; nil for what is none.
    public init?(_ data: [UInt8], at: Timestamp) {
        guard let value = try? JSONValue(parsing: data.span), let symbols = value["symbols"]?.array,
            let version = value["version"]?.integer
        else { return nil }
        self.data = data
        self.at = at
        self.version = version
        channels = symbols.compactMap(\.string).map(StreamKind.price.channel(ofKey:))
    }
}
