import Synchronization

/// A duty that of several processes over one store one has: looking at everybody behind gates, asking price sources.
///
/// While nobody can say which one has it, each does what it asks for: who sold must not stay, nor a price stand still,
/// since a broker is away, and two that do it ask twice as often, no more.
public final class KeptDuty: Sendable {
    private static let shortest: Int64 = 1000
    private static let longest: Int64 = 15_000

    private let name: String
    private let duties: any SharedDuties
    /// How long the duty stays with a process that says nothing.
    private let milliseconds: Int64
    private let holder = Mutex(DutyHolder.other)

    /// A duty that this process does not have yet.
    ///
    /// - Parameters:
    ///   - name: The same at all processes.
    ///   - periodMilliseconds: How often it is done; the duty of a process that has died is free after that time at
    ///     most, and after 15 seconds anyway.
    public init(_ name: String, _ duties: any SharedDuties, periodMilliseconds: Int64) {
        self.name = name
        self.duties = duties
        milliseconds = min(max(periodMilliseconds, KeptDuty.shortest), KeptDuty.longest)
    }

    /// Whether this process has it, by what it heard last.
    public var isHeld: Bool { holder.withLock { $0 != .other } }

    /// Takes the duty on where nobody else has it.
    ///
    /// - Returns: Whether this process has it.
    public func takeOn() async -> Bool {
        let heard = await duties.takeOn(name, milliseconds: milliseconds)
        holder.withLock { $0 = heard }
        return heard != .other
    }

    /// Goes on with the duty while this process has it, also in the midst of what it asks for; ends with its task.
    public func keep() async {
        while (try? await Task.sleep(for: .milliseconds(milliseconds / 3))) != nil {
            if isHeld { _ = await takeOn() }
        }
    }

    /// Leaves the duty to another process.
    public func layDown() async {
        let hadIt = holder.withLock { holder in
            defer { holder = .other }
            return holder == .own
        }
        if hadIt { await duties.layDown(name) }
    }
}
