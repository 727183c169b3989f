/// What the two sides agreed on about compression (RFC 7692 §7.1).
@frozen
public struct DeflateAgreement: Equatable, Sendable {
    /// Whether the server forgets each message before it compresses the next.
    public var serverNoContextTakeover: Bool
    /// Whether the client does.
    public var clientNoContextTakeover: Bool
    /// The server's window is 2 to this power, 9…15.
    public var serverWindowBits: UInt8
    /// The client's window is 2 to this power, 8…15.
    public var clientWindowBits: UInt8

    /// An agreement; the default is what an answer without parameters means.
    public init(
        serverNoContextTakeover: Bool = false, clientNoContextTakeover: Bool = false,
        serverWindowBits: UInt8 = 15, clientWindowBits: UInt8 = 15
    ) {
        self.serverNoContextTakeover = serverNoContextTakeover
        self.clientNoContextTakeover = clientNoContextTakeover
        self.serverWindowBits = serverWindowBits
        self.clientWindowBits = clientWindowBits
    }
}
