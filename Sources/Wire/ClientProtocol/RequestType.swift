/// What a client may ask for, by the `type` of its message.
enum RequestType: String, CaseIterable {
    case auth
    case ping
    case join
    case leave
    case chatMessage = "chat_message"
    case documentShare = "document_share"
    case highlightCreate = "highlight_create"
    case messageEdit = "message_edit"
    case messageDelete = "message_delete"
    case messagePin = "message_pin"
    case messageUnpin = "message_unpin"
    case reactionAdd = "reaction_add"
    case reactionRemove = "reaction_remove"
    case typingStart = "typing_start"
    case typingStop = "typing_stop"
    case readMarker = "read_marker"
    case presence
    case history
    case search
    case subscribe
    case unsubscribe
    case publish

    /// By name: one look-up in place of a comparison with each.
    static let byText = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}
