import Foundation
import Reactor

/// What is told on standard error while a series runs.
struct Progress: Sendable {
    /// Whether each run is named as it begins.
    var isShown: Bool
    /// Whether each second of a run has its line.
    var isDetailed: Bool

    func note(_ line: String) {
        if isShown { FileHandle.standardError.write(Data((line + "\n").utf8)) }
    }
}

/// Tells once a second how many deliveries there were.
final class Ticker: TimerTarget {
    private let fleet: Fleet
    private let progress: Progress
    private var timer = TimerID.none
    private var seconds = 0
    private var before = 0

    init(_ fleet: Fleet, _ progress: Progress) {
        self.fleet = fleet
        self.progress = progress
    }

    func start() {
        guard progress.isShown, progress.isDetailed else { return }
        timer = fleet.loop.startTimer(after: 1000, kind: 0, target: self)
    }

    func stop() { fleet.loop.cancelTimer(&timer) }

    func timerFired(kind: UInt8) {
        seconds += 1
        let now = fleet.deliveries
        let faults = fleet.faults.total
        progress.note(
            "  \(seconds) s: \(Figure.count(Double(now))) deliveries, \(Figure.count(Double(now - before)))/s"
                + (faults > 0 ? ", \(faults) FAULTS" : ""))
        before = now
        start()
    }
}
