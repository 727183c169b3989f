/// A list whose first element needs no memory beside the list: for those of which there are thousands, and nearly all have
/// one element.
public struct ShortList<Element>: Sequence {
    /// The first element, then the others.
    public struct Iterator: IteratorProtocol {
        fileprivate var first: Element?
        fileprivate var others: [Element].Iterator

        /// The next element.
        public mutating func next() -> Element? {
            guard let element = first else { return others.next() }
            first = nil
            return element
        }
    }

    private var others: [Element] = []
    private var first: Element?

    /// An empty list.
    public init() {}

    /// Whether there is none.
    public var isEmpty: Bool { first == nil }

    /// From the first to the last.
    public func makeIterator() -> Iterator { Iterator(first: first, others: others.makeIterator()) }

    /// Adds one behind the others.
    public mutating func append(_ element: Element) {
        if first == nil { first = element } else { others.append(element) }
    }

    /// Takes the first one out of which something is true.
    ///
    /// - Returns: It, or nil where there is none.
    @discardableResult
    public mutating func remove(where isWanted: (Element) -> Bool) -> Element? {
        if let element = first, isWanted(element) {
            first = others.isEmpty ? nil : others.removeFirst()
            return element
        }
        return others.firstIndex(where: isWanted).map { others.remove(at: $0) }
    }
}
