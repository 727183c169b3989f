import Reactor

// What takes too long: nothing tells of a peer that hangs or whose machine is gone.
extension RedisConnection: TimerTarget {
    func watch() {
        loop.cancelTimer(&timer)
        timer = loop.startTimer(
            after: RedisConnection.checkMilliseconds, kind: Timer.check.rawValue, target: self)
    }

    func timerFired(kind: UInt8) {
        timer = .none
        if kind == Timer.pause.rawValue { return start() }
        let limit = settings.timeoutMilliseconds
        let isLate =
            switch state {
            case .ready where role == .subscriber: loop.now - heardAt > 2 * limit
            case .ready: waiting.oldest.map { loop.now - $0 > limit } ?? false
            default: loop.now - heardAt > limit
            }
        if isLate {
            if state == .connecting, !places.isEmpty { return tryNextPlace() }
            let isHandshake = state == .connecting && address?.isSecure == true && connection != nil
            return retreat(
                isHandshake
                    ? "it does not answer our TLS in \(limit) ms: where it speaks none, its address begins with redis, not rediss"
                    : "it does not answer in \(limit) ms")
        }
        // Nothing tells of a peer whose machine is gone, but that it does not answer.
        if state == .ready {
            if role != .subscriber {
                measure()
            } else if loop.now - heardAt > limit / 2 {
                write(["PING"], nil)
            }
        }
        watch()
    }

    /// Asks for a sign of life behind whatever waits already, one at a time.
    private func measure() {
        guard !isMeasuring else { return }
        isMeasuring = true
        let start = MonotonicClock.nanoseconds()
        write(["PING"]) { [unowned self] result in
            isMeasuring = false
            guard case .success = result else { return }
            settings.status.answered(after: MonotonicClock.nanoseconds() - start)
        }
    }

    private func tryNextPlace() {
        connection?.handler = nil
        connection?.close()
        connectNext()
    }
}
