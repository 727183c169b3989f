import Bytes
import HTTP
public import Reactor
import WebSocket

/// What a WebSocket connection of ours tells.
public enum WebSocketClientEvent: Sendable {
    /// The handshake is done; with the sub-protocol that the server chose.
    case opened(subprotocol: String?)
    /// A text message.
    case text([UInt8])
    /// A binary message.
    case binary([UInt8])
    /// Something came, if only a ping: the server lives.
    case heard
    /// The end, with the server's close code and reason where it gave one. The last event.
    case closed(code: UInt16?, reason: String)
}

/// What its owner tells a WebSocket connection of ours.
enum WebSocketClientMail: Sendable {
    case open([SocketAddress])
    case send(Opcode, [UInt8])
    case close(code: UInt16, reason: String)
    case abort
}

/// A WebSocket connection to a server (RFC 6455), over a loop of its owner.
///
/// Any thread may call it; events come on the loop's thread, in order.
public final class WebSocketClient: Sendable {
    private let mailbox: Mailbox<WebSocketClientMail>

    /// Prepares a connection.
    ///
    /// - Parameters:
    ///   - loop: Whose thread does the work.
    ///   - url: The server.
    ///   - tls: The rules for verifying a `wss` server.
    ///   - subprotocols: Offered in this order.
    ///   - headers: Further fields of the request, as `Authorization`.
    ///   - messageBytes: A longer message of the server closes with 1009.
    ///   - receive: Gets the events.
    public init(
        on loop: LoopHost, url: WebSocketURL, tls: TLSContext?, subprotocols: [String] = [],
        headers: [(name: StaticString, value: String)] = [], messageBytes: Int = 16 << 20,
        _ receive: @escaping @Sendable (WebSocketClientEvent) -> Void
    ) {
        let mailbox = Mailbox<WebSocketClientMail>(on: loop.executor)
        self.mailbox = mailbox
        let plan = WebSocketPlan(
            url: url, tls: tls, subprotocols: subprotocols, headers: headers, messageBytes: messageBytes)
        loop.perform { loop in
            let connection = WebSocketClientConnection(loop, plan, receive)
            connection.detach = loop.attachForWhile(mailbox) { mail in
                for letter in mail { connection.read(letter) }
            }
        }
    }

    /// Connects to the first of the addresses that answers.
    public func open(_ addresses: [SocketAddress]) { mailbox.post(.open(addresses)) }

    /// Sends a text message.
    public func send(text: [UInt8]) { mailbox.post(.send(.text, text)) }

    /// Closes in order.
    public func close(code: UInt16 = 1000, reason: String = "") {
        mailbox.post(.close(code: code, reason: reason))
    }

    /// Ends at once, as when the network is known to be gone.
    public func abort() { mailbox.post(.abort) }
}

/// What a connection is made from.
struct WebSocketPlan: Sendable {
    let url: WebSocketURL
    let tls: TLSContext?
    let subprotocols: [String]
    let headers: [(name: StaticString, value: String)]
    let messageBytes: Int
}
