import Bytes
import CLinux
import Glibc
import Telemetry

/// Something that owns a descriptor which a loop watches.
protocol EventSource: AnyObject {
    /// The descriptor is ready.
    ///
    /// - Parameter events: epoll's flags.
    func ready(_ events: UInt32)
}

/// One thread that waits for descriptors, timers and mail, and owns all state that hangs on them.
///
/// A turn: wait → ready descriptors → mail → `async` jobs → timers → end-of-turn work (where the hub writes once to
/// every connection that has something due) → closing of what was closed. Not `Sendable`: what other threads may use
/// is its ``executor`` and ``Mailbox``es.
public final class EventLoop {
    private struct Slot {
        var generation: UInt32
        var source: (any EventSource)?
    }

    /// Which of the process' loops this is, from 0.
    public let index: Int
    /// What other threads may hold of this loop.
    public let executor: LoopExecutor
    /// The monotonic clock in milliseconds as of this turn's wake-up.
    public private(set) var now: Int64
    /// The same in nanoseconds.
    public private(set) var turnStart: Int64
    /// What it has done.
    var counters = LoopCounters()

    private var selector: Selector
    /// Which of the selector's events are still to be told.
    private var untold = 0..<0
    private(set) var timers: TimerWheel
    private var slots: [Slot] = []
    private var freeSlots: [UInt32] = []
    private(set) var receivers: [any Receiver] = []
    private var endOfTurn: [() -> Void] = []
    private var dueTimers: [(target: any TimerTarget, kind: UInt8)] = []
    private var doomed: [(connection: Connection, reason: DisconnectReason)] = []
    private var retired: [CInt] = []
    private var kept: [AnyObject] = []
    private var isStopping = false
    private var turnEnd: Int64
    /// Connections whose bytes the kernel does not take at the moment.
    var lagging: [ObjectIdentifier: Connection] = [:]

    /// Where connections read to: one buffer for all of a loop's connections, since each is done with it before the
    /// next one reads.
    var readBuffer = ScratchBuffer(capacity: LoopBudget.readBytes)
    /// Plain bytes out of TLS, or gathered for it.
    var plainBuffer = ScratchBuffer(capacity: LoopBudget.readBytes)
    /// TLS records on their way to the socket.
    var recordBuffer = ByteBuffer(capacity: 32_768)
    /// What this loop's TLS sessions read from and write to in place of a socket.
    lazy var tlsTransport = TLSTransport(self)
    /// What fan-out needs of each connection.
    public let lanes = LaneTable()
    private var patient = PatientQueue()

    init(index: Int, executor: LoopExecutor) throws(SystemError) {
        self.index = index
        self.executor = executor
        turnStart = MonotonicClock.nanoseconds()
        turnEnd = turnStart
        now = turnStart / 1_000_000
        timers = TimerWheel(now: now)
        selector = try Selector(capacity: LoopBudget.events)
        let wakeUp = WakeUp(executor)
        _ = try watch(executor.descriptor, interest: UInt32(STOA_EPOLLIN), source: wakeUp)
    }

    private final class WakeUp: EventSource {
        let executor: LoopExecutor
        init(_ executor: LoopExecutor) { self.executor = executor }
        func ready(_ events: UInt32) { executor.acknowledge() }
    }

    // MARK: Mail, timers, end of turn

    /// Says who reads a mailbox of this loop.
    ///
    /// - Parameter read: Runs on the loop's thread with all letters that waited, in their order.
    public func attach<Mail: Sendable>(_ mailbox: Mailbox<Mail>, _ read: @escaping ([Mail]) -> Void) {
        precondition(mailbox.executor === executor)
        receivers.append(MailReceiver(mailbox, read))
    }

    /// As ``attach(_:_:)``, for a reader that goes before the loop does.
    ///
    /// - Returns: Ends the reading; on the loop's thread.
    public func attachForWhile<Mail: Sendable>(
        _ mailbox: Mailbox<Mail>, _ read: @escaping ([Mail]) -> Void
    ) -> () -> Void {
        precondition(mailbox.executor === executor)
        let receiver = MailReceiver(mailbox, read)
        receivers.append(receiver)
        return { [unowned self] in receivers.removeAll { $0 === receiver } }
    }

    /// Adds work to the end of every turn, in the order of these calls.
    public func atEndOfTurn(_ work: @escaping () -> Void) { endOfTurn.append(work) }

    /// Starts a timer of `target`.
    ///
    /// - Parameters:
    ///   - milliseconds: From now; it fires up to 10 ms (one tick) later.
    ///   - kind: Handed back when it fires.
    /// - Returns: For cancelling it. The target stays alive until it fires or is cancelled.
    public func startTimer(after milliseconds: Int64, kind: UInt8, target: any TimerTarget) -> TimerID {
        timers.start(deadline: MonotonicClock.milliseconds() + milliseconds, kind: kind, target: target)
    }

    /// Stops a timer and forgets it; `.none` or one that has fired is nothing.
    public func cancelTimer(_ id: inout TimerID) {
        timers.cancel(id)
        id = .none
    }

    /// Keeps objects alive as long as the loop: those that its mailboxes and timers lead to.
    public func keep(_ objects: [AnyObject]) { kept += objects }

    // MARK: Descriptors

    /// Watches a descriptor for a source.
    func watch(_ descriptor: CInt, interest: UInt32, source: any EventSource) throws(SystemError) -> LoopToken
    {
        let slot: UInt32
        if let reused = freeSlots.popLast() {
            slot = reused
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot(generation: 0, source: nil))
        }
        let token = LoopToken(slot: slot, generation: slots[Int(slot)].generation)
        do {
            try selector.add(descriptor, interest, token: token.rawValue)
        } catch {
            freeSlots.append(slot)
            throw error
        }
        slots[Int(slot)].source = source
        return token
    }

    /// Changes what a descriptor is watched for.
    func setInterest(_ interest: UInt32, of descriptor: CInt, token: LoopToken) {
        selector.modify(descriptor, interest, token: token.rawValue)
    }

    /// Stops watching a descriptor and closes it when the turn ends.
    ///
    /// Not at once: its number could be used again within the batch of events at hand.
    func retire(_ descriptor: CInt, token: LoopToken) {
        selector.remove(descriptor)
        lanes.clear(token.slot)
        slots[Int(token.slot)].source = nil
        slots[Int(token.slot)].generation &+= 1
        freeSlots.append(token.slot)
        retired.append(descriptor)
    }

    // MARK: Turning

    func run() {
        executor.adoptCurrentThread()
        turnEnd = MonotonicClock.nanoseconds()
        while !isStopping { turn() }
    }

    func stop() { isStopping = true }

    private func turn() {
        if untold.isEmpty { untold = 0..<wait() }
        turnStart = MonotonicClock.nanoseconds()
        now = turnStart / 1_000_000
        let told = tellReady()
        // Serving may queue others; each is taken out before it is called.
        while let entry = patient.next() { entry.connection.proceed(entry.events) }
        let letters = receiveMail()
        if executor.hasJobs { executor.runJobs() }
        fireTimers()
        for work in endOfTurn { work() }
        buryDoomed()
        closeRetired()
        measureTurn(told, letters)
    }

    /// The reading of the clock at a turn's end is also what the next wait counts its time from.
    private func measureTurn(_ ready: Int, _ letters: Int) {
        turnEnd = MonotonicClock.nanoseconds()
        counters.turns.observe(turnEnd - turnStart)
        patient.beginTurn(after: turnEnd - turnStart)
        counters.items.observe(Int64(ready + letters))
        counters.letters += letters
    }

    /// Tells those who are ready, as far as the turn's budget of bytes goes; the others come first in the next turn.
    ///
    /// - Returns: How many were told.
    private func tellReady() -> Int {
        let enough = counters.bytesReceived + LoopBudget.turnBytes
        var told = 0
        for _ in 0..<LoopBudget.crowdRounds {
            let (before, batch) = (patient.count, untold)
            while let index = untold.first, counters.bytesReceived < enough {
                untold.removeFirst()
                let event = selector[index]
                let token = LoopToken(rawValue: event.token)
                let slot = slots[Int(token.slot)]
                if slot.generation == token.generation { slot.source?.ready(event.events) }
            }
            told += batch.count - untold.count
            let isCrowd = batch.count == LoopBudget.events && patient.count - before > batch.count / 2
            guard isCrowd, untold.isEmpty else { break }
            untold = 0..<look(milliseconds: 0)
        }
        return told
    }

    /// Whether a connection that may wait is served at once: nobody waits before it, and there is time.
    func servesPatientNow() -> Bool { patient.admits() }

    /// Has a connection's event wait for its turn.
    func queue(_ connection: Connection, _ events: UInt32) { patient.append(connection, events) }

    /// Letters that answer letters of this turn are received in it too, so that a message's way over several mailboxes
    /// of one loop costs no further waits.
    private func receiveMail() -> Int {
        var letters = 0
        for _ in 0..<LoopBudget.mailRounds {
            let before = letters
            for receiver in receivers where !receiver.isEmpty { letters += receiver.receive() }
            guard letters > before else { break }
        }
        return letters
    }

    private func wait() -> Int {
        executor.willSleep()
        let hasWork = executor.hasJobs || patient.count > 0 || receivers.contains { !$0.isEmpty }
        let timeout: CInt
        if hasWork {
            timeout = 0
        } else if let deadline = timers.nextDeadline() {
            timeout = CInt(clamping: max(0, deadline - turnEnd / 1_000_000))
        } else {
            timeout = -1
        }
        defer { executor.isAwake() }
        return look(milliseconds: timeout)
    }

    private func look(milliseconds: CInt) -> Int {
        do {
            return try selector.wait(milliseconds: milliseconds)
        } catch {
            // EBADF or EINVAL on our own epoll descriptor: nothing of this loop can go on.
            preconditionFailure("\(error)")
        }
    }

    private func fireTimers() {
        timers.advance(to: MonotonicClock.milliseconds(), &dueTimers)
        guard !dueTimers.isEmpty else { return }
        let due = dueTimers
        dueTimers.removeAll(keepingCapacity: due.count <= 1024)
        for timer in due { timer.target.timerFired(kind: timer.kind) }
    }

    /// Ends a connection when the turn ends.
    func doom(_ connection: Connection, _ reason: DisconnectReason) { doomed.append((connection, reason)) }

    private func buryDoomed() {
        // A handler's last call may doom others.
        while !doomed.isEmpty {
            let batch = doomed
            doomed.removeAll(keepingCapacity: batch.count <= 1024)
            for entry in batch { entry.connection.bury(entry.reason) }
        }
    }

    private func closeRetired() {
        for descriptor in retired { _ = Glibc.close(descriptor) }
        retired.removeAll(keepingCapacity: true)
    }
}
