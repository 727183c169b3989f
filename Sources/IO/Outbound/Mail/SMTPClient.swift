import CCurl
import Reactor

/// Takes mails to a host, each over a connection and on a thread of its own: there are few, and a host may be slow.
public struct SMTPClient: Sendable {
    private let server: SMTPServer

    /// A client of a host.
    public init(_ server: SMTPServer) {
        self.server = server
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }

    /// Sends a mail and waits until the host has taken it.
    ///
    /// Whoever calls bounds how many are on their way at a time.
    ///
    /// - Throws: ``SMTPError``.
    public func send(_ message: SMTPMessage) async throws(SMTPError) {
        let server = server
        let failure: SMTPError? = await withCheckedContinuation { continuation in
            DetachedThread.start(name: "smtp") {
                guard let transfer = SMTPTransfer(message, to: server) else {
                    return continuation.resume(
                        returning: SMTPError(
                            reply: 0, words: "the mail or the host's address cannot be written"))
                }
                continuation.resume(returning: transfer.run())
            }
        }
        if let failure { throw failure }
    }
}
