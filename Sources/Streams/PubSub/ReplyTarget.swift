public import Bytes
public import ClientProtocol

/// Where the one reply to a request goes.
public enum ReplyTarget: Sendable {
    /// Nobody waits for it.
    case none
    /// A client that gave the request this id; without an id only errors are sent.
    case socket(SubscriberHandle, id: String?)
    /// A caller inside the server; gets the reply's JSON, without an id.
    case call(@Sendable (Result<SharedBytes, ClientError>) -> Void)

    /// The id that the reply carries.
    public var id: String? {
        if case .socket(_, let id) = self { id } else { nil }
    }

    /// Refuses the request.
    public func refuse(_ error: ClientError, over hub: Hub) {
        switch self {
        case .none: break
        case .socket(let handle, let id):
            hub.errors.count(error.code)
            hub.reply(SharedFrame(error.encoded(id: id).span), id: id, to: handle)
        case .call(let resume): resume(.failure(error))
        }
    }

    /// Answers the request, where somebody waits for that.
    public func answer(_ payload: borrowing ByteBuffer, over hub: Hub) {
        switch self {
        case .none, .socket(_, nil): break
        case .socket(let handle, let id): hub.reply(SharedFrame(payload.span), id: id, to: handle)
        case .call(let resume): resume(.success(SharedBytes(payload)))
        }
    }
}
