public import Bytes

/// An export or an erasure of what is kept of a person, with how far it is.
public struct PrivacyJob: Hashable, Sendable {
    /// What it does.
    public enum Kind: String, Sendable { case export, erase }

    /// How far it is.
    public enum State: String, Sendable { case running, done, failed }

    /// Its id, which nobody guesses.
    public var id: String
    /// Whose data; of an erasure that is done, nobody's.
    public var person: PersonKey
    /// What it does.
    public var kind: Kind
    /// How far it is.
    public var state: State
    /// Who stands where the person stood, by an id that says nothing of them.
    public var heir: String
    /// The step that comes next, and where in it.
    public var step = 0
    /// The room that is being looked through.
    public var room = ""
    /// The last event that was looked at.
    public var seq: Int64 = 0
    /// What was exported or erased so far, by kind.
    public var counts: [String: Int] = [:]
    /// Parts of the export so far.
    public var parts = 0
    /// How often it was begun.
    public var attempts = 0
    /// When it was asked for.
    public var madeAt: Timestamp
    /// When its export goes.
    public var expiresAt: Timestamp?
    /// What came of it.
    public var receipt: String?
    /// The receipt's SHA-256.
    public var hash: String?

    /// A new job.
    public init(_ kind: Kind, of person: PersonKey, at: Timestamp = .now()) {
        id = Identifier.uuid()
        self.person = person
        self.kind = kind
        state = .running
        heir = Identifier.short("gone")
        madeAt = at
    }

    /// Goes to the next step.
    public mutating func finishStep() {
        step += 1
        room = ""
        seq = 0
    }

    /// Counts what was done.
    public mutating func count(_ kind: String, _ more: Int) {
        if more > 0 { counts[kind, default: 0] += more }
    }
}

extension PrivacyJob {
    static let columns = """
        id, tenant_id, user_id, kind, state, heir, step, room, seq, counts, parts, attempts, made_at, expires_at,
        receipt, hash
        """

    init(_ columns: inout RowReader) throws(StorageError) {
        let id = try columns.text()
        let person = PersonKey(tenant: try columns.text(), user: try columns.text())
        guard let kind = Kind(rawValue: try columns.text()), let state = State(rawValue: try columns.text())
        else { throw .corrupt("a job is of no known kind") }
        let heir = try columns.text()
        let (step, room, seq) = (Int(try columns.integer()), try columns.text(), try columns.integer())
        let counts = PrivacyJob.counts(try columns.text())
        let (parts, attempts) = (Int(try columns.integer()), Int(try columns.integer()))
        self.init(kind, of: person, at: try columns.time())
        self.id = id
        self.state = state
        self.heir = heir
        self.step = step
        self.room = room
        self.seq = seq
        self.counts = counts
        self.parts = parts
        self.attempts = attempts
        expiresAt = try columns.optionalTime()
        receipt = try columns.optionalText()
        hash = try columns.optionalText()
    }

    /// The counts as a column: `messages=3,reactions=1`.
    var countsText: String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    private static func counts(_ text: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: "=")
            if parts.count == 2 { counts[String(parts[0])] = Int(parts[1]) }
        }
        return counts
    }
}
