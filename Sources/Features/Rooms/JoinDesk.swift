import PubSub
import Reactor
import Storage

/// Takes the joins of a loop to the store in batches: one reading and one write for all that waited while the last one
/// was on its way, and one letter back.
final class JoinDesk {
    /// Joins of one batch: bounds how long a reader is away from others' history and search.
    private static let batchLimit = 32
    /// Readings under way at a time: a second one is prepared while the first one's results are used.
    private static let readingLimit = 2

    private let context: RoomContext
    private let mailbox: Mailbox<RoomMail>
    private var views: [(ticket: UInt64, request: JoinViewRequest)] = []
    private var enrolments: [(ticket: UInt64, enrolment: Enrolment)] = []
    private var readings = 0
    private var isEnrolling = false

    init(_ loop: EventLoop, _ context: RoomContext) {
        self.context = context
        mailbox = context.mailboxes[loop.index]
        loop.atEndOfTurn { [unowned self] in submit() }
    }

    /// Asks for what a join needs; a `viewed` letter answers.
    func read(_ ticket: UInt64, _ request: JoinViewRequest) { views.append((ticket, request)) }

    /// Asks for a membership; an `enrolled` letter answers.
    func enrol(_ ticket: UInt64, _ enrolment: Enrolment) { enrolments.append((ticket, enrolment)) }

    /// A batch is back.
    func finished(reading isReading: Bool) {
        if isReading { readings -= 1 } else { isEnrolling = false }
    }

    private func submit() {
        while !views.isEmpty, readings < JoinDesk.readingLimit { submitViews() }
        if !enrolments.isEmpty, !isEnrolling { submitEnrolments() }
    }

    private func submitViews() {
        readings += 1
        let batch = Array(views.prefix(JoinDesk.batchLimit))
        views.removeFirst(batch.count)
        let mailbox = mailbox
        context.rooms.submitViews(
            batch.map(\.request), missedLimit: context.settings.replayEvents
        ) { results in
            var mail = zip(batch, results).map { asked, result in
                RoomMail.viewed(room: asked.request.room, ticket: asked.ticket, result)
            }
            mail.append(.deskFree(reading: true))
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
            mail.append(.deskFree(reading: false))
            mailbox.post(contentsOf: mail)
        }
    }
}
