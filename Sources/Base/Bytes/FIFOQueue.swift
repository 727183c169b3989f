/// What waits, in the order in which it came: taking the oldest shifts nothing.
///
/// ```
///   elements   taken │ taken │ oldest │ … │ newest
///   head ──────────────────────┘
/// ```
///
/// What was taken goes in bulk, once it is more than half of the array: each element is moved once at most, on average.
/// Until then the array still holds it.
@frozen
public struct FIFOQueue<Element> {
    @usableFromInline var elements: [Element] = []
    @usableFromInline var head = 0

    /// An empty queue.
    @inlinable public init() {}

    /// How many wait.
    @inlinable public var count: Int { elements.count - head }

    /// Whether nobody waits.
    @inlinable public var isEmpty: Bool { head == elements.count }

    /// Those who wait, the oldest first.
    @inlinable public var waiting: ArraySlice<Element> { elements[head...] }

    /// The oldest; nil where nobody waits.
    @inlinable public var first: Element? { isEmpty ? nil : elements[head] }

    /// One by its place behind the oldest, which is 0.
    @inlinable
    public subscript(offset: Int) -> Element {
        get { elements[head + offset] }
        _modify { yield &elements[head + offset] }
    }

    /// Puts one behind all others.
    @inlinable public mutating func append(_ element: Element) { elements.append(element) }

    /// Drops the oldest.
    ///
    /// - Parameter number: How many; so many wait.
    @inlinable
    public mutating func removeFirst(_ number: Int = 1) {
        head += number
        if head == elements.count {
            // A swarm that is over leaves no room behind.
            elements.removeAll(keepingCapacity: head <= 1024)
            head = 0
        } else if head >= 64, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
    }

    /// Takes the oldest.
    ///
    /// - Parameter limit: At most so many.
    @inlinable
    public mutating func take(_ limit: Int = .max) -> [Element] {
        let number = min(count, limit)
        guard number > 0 else { return [] }
        let taken = Array(elements[head..<(head + number)])
        removeFirst(number)
        return taken
    }

    /// Forgets all, and the room that they took.
    @inlinable
    public mutating func removeAll() {
        elements = []
        head = 0
    }
}

extension FIFOQueue: Sendable where Element: Sendable {}
