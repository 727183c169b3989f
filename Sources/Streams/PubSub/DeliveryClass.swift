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
    /// The newest one is all that matters: a reader that lags gets it when it has caught up, in place of all that came
    /// meanwhile. Prices.
    case value
}

/// A number for each delivery class.
public struct DeliveryCounts: Sendable, Equatable {
    private var essential = 0
    private var presence = 0
    private var droppable = 0
    private var value = 0

    /// The number of a class.
    public subscript(_ deliveryClass: DeliveryClass) -> Int {
        get {
            switch deliveryClass {
            case .essential: essential
            case .presence: presence
            case .droppable: droppable
            case .value: value
            }
        }
        _modify {
            switch deliveryClass {
            case .essential: yield &essential
            case .presence: yield &presence
            case .droppable: yield &droppable
            case .value: yield &value
            }
        }
    }
}

extension DeliveryClass {
    /// Its name, as metrics have it.
    public var name: String { "\(self)" }
}
