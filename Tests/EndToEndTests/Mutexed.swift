import Synchronization

/// A value that several tasks change.
final class Mutexed<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) { stored = Mutex(value) }

    var value: Value { stored.withLock { $0 } }
    func change(_ body: (inout Value) -> Void) {
        stored.withLock { value in
            var changed = value
            body(&changed)
            value = changed
        }
    }
}

extension Mutexed {
    func append<Element>(_ element: Element) where Value == [Element] { change { $0.append(element) } }
    func append<Element>(contentsOf elements: [Element]) where Value == [Element] {
        change { $0 += elements }
    }
}
