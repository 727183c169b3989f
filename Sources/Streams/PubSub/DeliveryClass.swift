/// What becomes of a push when its reader lags behind.
///
/// A reader lags while its connection has a backlog, that is while the kernel's buffer for it is full.
public enum DeliveryClass: UInt8, Sendable, CaseIterable {
    /// Must arrive, or the connection is closed as `slow` so that the client resumes: chat, replies.
    case essential
    /// Only the newest state matters: left out while the reader lags, then replaced by one message of the state.
    case presence
    /// A hint that is worthless when late: left out while the reader lags. Typing.
    case droppable
}
