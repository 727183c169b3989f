import PubSub
import Reactor
import Storage

/// Takes the joins of a loop to the store in batches: one reading and one write for all that waited while the last one
/// was on its way, and one letter back.
final class JoinDesk: TimerTarget {
    private let loop: EventLoop
    private let context: RoomContext
    private let mailbox: Mailbox<RoomMail>
    private var views: [(ticket: UInt64, request: JoinViewRequest)] = []
    private var enrolments: [(ticket: UInt64, enrolment: Enrolment)] = []
    private var readings = 0
    private var isEnrolling = false
    private var pace = JoinPace()
    private var rest = TimerID.none

    init(_ loop: EventLoop, _ context: RoomContext) {
        self.loop = loop
        self.context = context
        mailbox = context.mailboxes[loop.index]
        loop.atEndOfTurn { [unowned self] in submit() }
    }

    /// Asks for what a join needs; a `viewed` letter answers.
    func read(_ ticket: UInt64, _ request: JoinViewRequest) { views.append((ticket, request)) }

    /// Asks for a membership; an `enrolled` letter answers.
    func enrol(_ ticket: UInt64, _ enrolment: Enrolment) { enrolments.append((ticket, enrolment)) }

    /// A batch of readings is back.
    ///
    /// - Parameter nanoseconds: How long it took.
    func finishedReading(joins: Int, events: Int, after nanoseconds: Int64) {
        readings -= 1
        let pause = pace.finished(joins: joins, events: events, after: nanoseconds, now: loop.turnStart)
        guard pause > 0, rest == .none else { return }
        rest = loop.startTimer(after: max(1, pause / 1_000_000), kind: 0, target: self)
    }

    /// A batch of memberships is back.
    func finishedEnrolling() { isEnrolling = false }

    /// It has paused.
    func timerFired(kind: UInt8) { rest = .none }

    private func submit() {
        while !views.isEmpty, rest == .none, readings < pace.readings { submitViews() }
        if !enrolments.isEmpty, !isEnrolling { submitEnrolments() }
    }

    private func submitViews() {
        readings += 1
        let batch = Array(views.prefix(pace.batch))
        views.removeFirst(batch.count)
        let mailbox = mailbox
        let start = MonotonicClock.nanoseconds()
        context.rooms.submitViews(
            batch.map(\.request), missedLimit: context.settings.replayEvents
        ) { results in
            var mail = zip(batch, results).map { asked, result in
                RoomMail.viewed(room: asked.request.room, ticket: asked.ticket, result)
            }
            let events = results.reduce(0) { $0 + ((try? $1.get())?.missed.count ?? 0) }
            mail.append(
                .deskRead(
                    joins: batch.count, events: events,
                    nanoseconds: MonotonicClock.nanoseconds() - start))
            mailbox.post(contentsOf: mail)
        }
    }

    private func submitEnrolments() {
        isEnrolling = true
        let batch = enrolments
        enrolments = []
        let mailbox = mailbox
        context.rooms.submitEnrolments(batch.map(\.enrolment)) { results in
            var mail = zip(batch, results).map { asked, result in
                RoomMail.enrolled(
                    room: asked.enrolment.room, ticket: asked.ticket, result.mapError(\.clientError))
            }
            mail.append(.deskEnrolled)
            mailbox.post(contentsOf: mail)
        }
    }
}
