import Synchronization

/// For whom an account matters: who is behind which gate by it.
final class WatchBook: Sendable {
    /// Somebody behind a gate.
    struct Subject: Hashable, Sendable {
        let room: String
        let user: String
    }

    private struct State {
        var subjects: [String: Set<Subject>] = [:]
        /// What mattered since the round that is under way began.
        var recent: [String: Set<Subject>]?
        /// Who was added since those who have gone were last looked for.
        var fresh: Set<Subject> = []
        /// Who is about to be looked at.
        var pending: Set<Subject> = []
    }

    private let state = Mutex(State())

    /// Notes that accounts matter for somebody.
    func add(_ accounts: [String], for subject: Subject) {
        state.withLock { state in
            if !accounts.isEmpty { state.fresh.insert(subject) }
            for account in accounts {
                state.subjects[account, default: []].insert(subject)
                state.recent?[account, default: []].insert(subject)
            }
        }
    }

    /// Somebody is to be looked at.
    ///
    /// - Returns: Whether nobody was about to.
    func beginLook(at subject: Subject) -> Bool { state.withLock { $0.pending.insert(subject).inserted } }

    /// Somebody is being looked at: what changes from now on makes another look.
    func endLook(at subject: Subject) { state.withLock { _ = $0.pending.remove(subject) } }

    /// A look at everybody begins.
    func beginRound() { state.withLock { $0.recent = [:] } }

    /// The look at everybody is over: what did not matter in it is forgotten.
    ///
    /// - Returns: The accounts that matter.
    func endRound() -> Set<String> {
        state.withLock { state in
            if let recent = state.recent { state.subjects = recent }
            state.recent = nil
            state.fresh = []
            return Set(state.subjects.keys)
        }
    }

    /// All for whom an account matters.
    var everybody: Set<Subject> {
        state.withLock { $0.subjects.values.reduce(into: []) { $0.formUnion($1) } }
    }

    /// The same without those who were added since this was asked last: they may be on their way in.
    func settled() -> Set<Subject> {
        let everybody = everybody
        return state.withLock { state in
            defer { state.fresh = [] }
            return everybody.subtracting(state.fresh)
        }
    }

    /// Forgets some of them.
    ///
    /// - Returns: The accounts that still matter.
    func forget(_ gone: Set<Subject>) -> Set<String> {
        state.withLock { state in
            if !gone.isEmpty {
                state.subjects = state.subjects.mapValues { $0.subtracting(gone) }.filter {
                    !$0.value.isEmpty
                }
            }
            return Set(state.subjects.keys)
        }
    }

    /// For whom an account matters.
    func subjects(of account: String) -> Set<Subject> { state.withLock { $0.subjects[account] ?? [] } }
}
