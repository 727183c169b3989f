extension Command {
    /// The requests' types, by number for counting.
    public enum Kind: UInt8, CaseIterable, Sendable {
        case auth, ping, join, leave
        case chatMessage, documentShare, highlightCreate, messageEdit, messageDelete, messagePin, messageUnpin
        case reactionAdd, reactionRemove, typingStart, typingStop, readMarker, presence, history, search
        case subscribe, unsubscribe, publish

        private static let names = [
            "auth", "ping", "join", "leave", "chat_message", "document_share", "highlight_create",
            "message_edit", "message_delete", "message_pin", "message_unpin", "reaction_add",
            "reaction_remove", "typing_start", "typing_stop", "read_marker", "presence", "history", "search",
            "subscribe", "unsubscribe", "publish",
        ]

        /// The type as the wire has it.
        public var name: String { Kind.names[Int(rawValue)] }
    }

    /// Which type it came as.
    public var kind: Kind {
        switch body {
        case .auth: .auth
        case .ping: .ping
        case .join: .join
        case .leave: .leave
        case .post(_, let draft):
            switch draft.kind {
            case .text: .chatMessage
            case .documentShare: .documentShare
            case .highlight: .highlightCreate
            }
        case .edit: .messageEdit
        case .delete: .messageDelete
        case .pin(_, _, let isPinned): isPinned ? .messagePin : .messageUnpin
        case .react(_, _, _, let isAdded): isAdded ? .reactionAdd : .reactionRemove
        case .typing(_, let isTyping): isTyping ? .typingStart : .typingStop
        case .readMarker: .readMarker
        case .presence: .presence
        case .history: .history
        case .search: .search
        case .subscribe: .subscribe
        case .unsubscribe: .unsubscribe
        case .publish: .publish
        }
    }
}
