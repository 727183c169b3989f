/// How a server answers offers of permessage-deflate (RFC 7692 §7.1).
///
/// The server never keeps a context, so that one compressed message serves all. What clients keep costs memory
/// here, and is bounded.
public struct DeflatePolicy: Equatable, Sendable {
    /// The largest window that a client may use and that is kept for it: 2 to this power, 9…15.
    ///
    /// A client that does not let its window be chosen must start each message anew instead.
    public var clientWindowBits: UInt8
    /// Whether every client must start each message anew, so that nothing at all is kept.
    public var requiresClientNoContextTakeover: Bool
    /// Whether an offer that asks the server for a window below 15 is taken.
    ///
    /// Its messages then need a ``Deflater`` of that window; shared frames cannot serve it. Declined by default.
    public var allowsSmallServerWindow: Bool

    /// A policy.
    public init(
        clientWindowBits: UInt8 = 12, requiresClientNoContextTakeover: Bool = false,
        allowsSmallServerWindow: Bool = false
    ) {
        self.clientWindowBits = min(max(clientWindowBits, 9), 15)
        self.requiresClientNoContextTakeover = requiresClientNoContextTakeover
        self.allowsSmallServerWindow = allowsSmallServerWindow
    }
}
