import Bytes

extension AppendBatch {
    /// How many messages are written together, and made ahead: while the server works on some, the next are made.
    static let portion = 64

    /// A message's rows, made before it is known what its seq will be.
    struct Draft {
        /// What the index makes of its text, where that was asked for.
        private(set) var words: String?
        /// The row of its event.
        private(set) var event: [DatabaseValue]
        /// The row of its client's id; nil where it has none.
        private(set) var key: [DatabaseValue]?

        /// Nil of what is no message.
        init?(_ request: AppendRequest, _ search: any MessageSearch) {
            guard case .message(let message) = request.act else { return nil }
            self.init(message, of: request)
            words = search.words(of: message.content, tenant: request.tenant, room: request.room)
        }

        init(_ message: NewMessage, of request: AppendRequest) {
            let unknown = DatabaseValue.null
            event = [
                .text(request.tenant), .text(request.room), unknown, .integer(request.at.milliseconds),
                .text(request.actor.id), .text(request.actor.name), .bool(request.actor.isBot),
                .text(message.id),
                .text(message.type.rawValue), .text(message.content), TextList.encode(message.mentions),
                .optional(message.replyTo), unknown, .optional(message.clientID),
                .optional(message.documentID), .optional(message.highlight),
            ]
            key = message.clientID.map { clientID in
                [
                    .text(request.tenant), .text(request.room), .text(request.actor.id), .text(clientID),
                    unknown, .text(message.id), .integer(request.at.milliseconds),
                ]
            }
        }

        mutating func number(_ seq: Int64, _ threadSeq: Int64?) {
            event[2] = .integer(seq)
            event[12] = .optional(threadSeq)
            key?[4] = .integer(seq)
        }
    }
}
