/// Who speaks a protocol over a connection.
///
/// All calls come on the loop's thread. None comes from within a call to the connection: ``connectionClosed(_:)``
/// always waits for the end of the turn.
public protocol ConnectionHandler: AnyObject {
    /// Bytes came; they are the handler's to read and change during this call only.
    func connectionReceived(_ bytes: inout MutableSpan<UInt8>)
    /// The peer will send nothing more (it may still read).
    func connectionPeerFinished()
    /// All that had been held back for a slow peer is with the kernel now.
    func connectionDrained()
    /// The connection is gone; the last call.
    func connectionClosed(_ reason: DisconnectReason)
    /// The TLS handshake is done: from now on bytes may be written. For clients, who speak first.
    func connectionSecured()
}

extension ConnectionHandler {
    /// Nothing to do for those who answer.
    public func connectionSecured() {}
}

/// Why a connection ended.
public enum DisconnectReason: Equatable, Sendable {
    /// We closed it.
    case closedHere
    /// The peer closed, or an orderly end was completed.
    case closedByPeer
    /// The kernel gave an error (its `errno`), as ECONNRESET.
    case failed(CInt)
    /// The peer broke TLS' rules or could not agree with us.
    case tls
    /// The TLS handshake took too long.
    case handshakeTimeout
}
