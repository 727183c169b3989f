/// The steps of a slot that is on its way from one member to another.
///
/// They are taken one after the other, the oldest first, since of two that are under way the first may be turned away
/// and the second not.
struct ClusterLane {
    private var steps: [ClusterStep] = []
    /// When the first one may be tried again.
    var readyAt: Int64 = 0

    var isEmpty: Bool { steps.isEmpty }

    /// Puts a step in its order.
    mutating func insert(_ step: ClusterStep) {
        let place = steps.lastIndex { $0.number < step.number }.map { $0 + 1 } ?? 0
        steps.insert(step, at: place)
    }

    /// Takes the oldest step.
    mutating func next() -> ClusterStep? { steps.isEmpty ? nil : steps.removeFirst() }
}
