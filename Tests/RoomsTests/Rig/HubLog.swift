import Bytes
import Foundation
import JSON
import Synchronization

@testable import PubSub

/// What the hub was told, in its order: the pushes and answers as their readers get them.
final class HubLog: Sendable {
    private struct State {
        var letters: [HubMail] = []
        var waiters: [(holds: @Sendable ([HubMail]) -> Bool, CheckedContinuation<Bool, Never>)] = []
    }

    private let state = Mutex(State())

    /// All letters so far.
    var letters: [HubMail] { state.withLock { $0.letters } }

    func append(_ mail: [HubMail]) {
        let ready = state.withLock { state in
            state.letters += mail
            var ready: [CheckedContinuation<Bool, Never>] = []
            state.waiters.removeAll { waiter in
                guard waiter.holds(state.letters) else { return false }
                ready.append(waiter.1)
                return true
            }
            return ready
        }
        for continuation in ready { continuation.resume(returning: true) }
    }

    /// Waits until the letters fulfil a condition.
    ///
    /// - Returns: Whether they did in time.
    func wait(within seconds: Double = 30, until holds: @escaping @Sendable ([HubMail]) -> Bool) async -> Bool
    {
        let timer = Task {
            try await Task.sleep(for: .seconds(seconds))
            let late = state.withLock { state in
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in late { waiter.1.resume(returning: false) }
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            let isNow = state.withLock { state in
                if holds(state.letters) { return true }
                state.waiters.append((holds, continuation))
                return false
            }
            if isNow { continuation.resume(returning: true) }
        }
    }
}

extension SharedFrame {
    /// Its message.
    var json: JSONValue? {
        let shared = plain
        let bytes = shared.span.withUnsafeBufferPointer { Array($0) }
        guard bytes.count > 4 else { return nil }
        let start = bytes[1] == 127 ? 10 : bytes[1] == 126 ? 4 : 2
        return try? JSONValue(parsing: bytes.span.extracting(start...))
    }
}
