import PubSub

/// A person's connections in a room, each with whether it gets compressed frames.
///
/// Nearly everybody has one, and there is a list of these for everybody in every room: the first needs no memory beside
/// the struct.
struct PersonConnections {
    typealias Entry = (handle: SubscriberHandle, isDeflating: Bool)

    private var first: Entry?
    private var others: [Entry] = []

    var isEmpty: Bool { first == nil }

    /// Their handles, in the order of their coming.
    var handles: [SubscriberHandle] { (first.map { [$0.handle] } ?? []) + others.map(\.handle) }

    mutating func add(_ handle: SubscriberHandle, isDeflating: Bool) {
        if first == nil { first = (handle, isDeflating) } else { others.append((handle, isDeflating)) }
    }

    /// Takes one out.
    ///
    /// - Returns: Whether it got compressed frames; nil where it is not among them.
    mutating func remove(_ handle: SubscriberHandle) -> Bool? {
        if let entry = first, entry.handle == handle {
            first = others.isEmpty ? nil : others.removeFirst()
            return entry.isDeflating
        }
        guard let index = others.firstIndex(where: { $0.handle == handle }) else { return nil }
        return others.remove(at: index).isDeflating
    }
}
