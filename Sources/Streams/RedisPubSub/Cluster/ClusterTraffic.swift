import Reactor

/// Brings commands to whoever has their slot, also while slots move: each slot's in their order.
///
/// ```
///   step ──► who has the slot ──answer──►
///                 │ MOVED, ASK, TRYAGAIN
///                 ▼
///            the slot's lane, with all that come later ──one by one──► the member that was named
/// ```
final class ClusterTraffic: TimerTarget {
    /// After which time a step is tried again whose keys are half here and half there, in milliseconds.
    private static let pause: Int64 = 20

    private let loop: EventLoop
    /// How long a step may wait for its slot, in milliseconds.
    private let patience: Int64
    private unowned let cluster: RedisCluster
    private var lanes: [Int: ClusterLane] = [:]
    /// Steps of each slot that have no answer yet.
    private var underWay = [UInt32](repeating: 0, count: HashSlot.count)
    private var count = 0
    private var timer = TimerID.none

    init(_ loop: EventLoop, patience: Int64, _ cluster: RedisCluster) {
        self.loop = loop
        self.patience = patience
        self.cluster = cluster
    }

    /// Takes a step; the answer comes once, ``RedisError/away`` where nobody takes it.
    func take(_ deed: ClusterStep.Deed, in slot: Int, _ answer: @escaping RedisConnection.Answer) {
        count += 1
        let step = ClusterStep(
            slot: slot, number: count, deed: deed, answer: answer, deadline: loop.now + patience)
        guard lanes[slot] == nil else {
            lanes[slot]?.insert(step)
            return
        }
        guard let node = cluster.node(of: slot), node.takesCommands else { return answer(.failure(.away)) }
        send(step, to: node)
    }

    private func send(_ step: ClusterStep, to node: RedisNode) {
        underWay[step.slot] += 1
        step.perform(at: node) { [weak self, weak node] result in
            guard let self else { return step.answer(.failure(.away)) }
            settle(step, result, node)
        }
    }

    private func settle(
        _ step: ClusterStep, _ result: Result<RedisReply, RedisError>, _ node: RedisNode?
    ) {
        underWay[step.slot] -= 1
        if case .success(.error(let words)) = result, let redirection = ClusterRedirection(words) {
            turnedAway(step, redirection, node)
        } else {
            step.answer(result)
        }
        advance(step.slot)
    }

    private func turnedAway(_ step: ClusterStep, _ redirection: ClusterRedirection, _ node: RedisNode?) {
        var step = step
        var lane = lanes[step.slot] ?? ClusterLane()
        step.asked = nil
        switch redirection {
        case .moved(let host, let port):
            cluster.moved(step.slot, host, port, by: node)
            // A member that sends us to another one which sends us back: neither has heard of the other yet.
            lane.readyAt = lanes[step.slot] == nil ? 0 : loop.now + ClusterTraffic.pause
        case .ask(let host, let port): step.asked = cluster.member(host, port, by: node)
        case .tryAgain: lane.readyAt = loop.now + ClusterTraffic.pause
        case .unserved, .down:
            // As if it were lost: then all that it did not take is made good when it is there again.
            if redirection == .down { node?.giveUp("its cluster is down") }
            cluster.look()
            return step.answer(.failure(.away))
        }
        lane.insert(step)
        lanes[step.slot] = lane
    }

    // MARK: Slots that move

    /// Takes the next step of a slot's lane, once all before it have their answers.
    private func advance(_ slot: Int) {
        guard underWay[slot] == 0, lanes[slot] != nil else { return }
        guard lanes[slot]?.isEmpty == false else {
            lanes[slot] = nil
            return
        }
        guard lanes[slot]?.readyAt ?? 0 <= loop.now else { return wait() }
        guard let step = lanes[slot]?.next() else { return }
        let node = step.asked.map { cluster.node(at: $0) } ?? cluster.node(of: slot)
        if let node, node.takesCommands { return send(step, to: node) }
        if step.deadline <= loop.now {
            step.answer(.failure(.away))
            return advance(slot)
        }
        // It is being connected.
        lanes[slot]?.insert(step)
        lanes[slot]?.readyAt = loop.now + ClusterTraffic.pause
        wait()
    }

    private func wait() {
        guard timer == .none else { return }
        timer = loop.startTimer(after: ClusterTraffic.pause, kind: 0, target: self)
    }

    func timerFired(kind: UInt8) {
        timer = .none
        for slot in Array(lanes.keys) { advance(slot) }
    }
}
