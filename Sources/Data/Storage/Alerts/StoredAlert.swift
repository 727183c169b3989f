public import Bytes

/// What an alert watches, as the store names it.
public struct AlertTopic: Sendable, Hashable {
    /// `price`, `portfolio_value` or `risk_score`.
    public let kind: String
    /// The symbol, or the portfolio's id.
    public let subject: String

    /// Whether it is a portfolio's value.
    public var isPortfolio: Bool { kind == "portfolio_value" }

    /// A subject of a kind.
    public init(kind: String, subject: String) {
        self.kind = kind
        self.subject = subject
    }
}

/// An alert of a person's (REQUIREMENTS B6). Numbers are exact decimals as text.
public struct StoredAlert: Sendable, Hashable {
    /// Its id.
    public let id: String
    /// Whose it is.
    public let person: PersonKey
    /// What makes it idempotent, where its maker says so.
    public let clientID: String?
    /// What it watches.
    public let topic: AlertTopic
    /// `>=`, `<=`, `>`, `<` or `crosses`.
    public var comparison: String
    /// With what.
    public var value: String
    /// `on_crossing`, `while_true` or `once`.
    public var repetition: String
    /// The least time between two firings, in milliseconds.
    public var cooldown: Int64
    /// What its owner says of it.
    public var note: String
    /// Whether it is evaluated.
    public var isActive = true
    /// When it was made.
    public let madeAt: Timestamp
    /// When it fired last.
    public var lastTriggeredAt: Timestamp?
    /// How often it has fired.
    public var triggerCount: Int64 = 0
    /// The place in the log from which on a true condition is news.
    public var armedSeq: Int64 = 0

    /// A new one.
    public init(
        of person: PersonKey, clientID: String? = nil, topic: AlertTopic, comparison: String, value: String,
        repetition: String, cooldown: Int64, note: String, at: Timestamp = .now()
    ) {
        id = Identifier.uuid()
        self.person = person
        self.clientID = clientID
        self.topic = topic
        self.comparison = comparison
        self.value = value
        self.repetition = repetition
        self.cooldown = cooldown
        self.note = note
        madeAt = at
    }

    static let columns = """
        id, tenant_id, user_id, client_id, kind, subject, operator, value, repeat, cooldown, note, active, made_at,
            last_triggered_at, trigger_count, armed_seq
        """

    init(_ columns: inout RowReader) throws(StorageError) {
        id = try columns.text()
        person = PersonKey(tenant: try columns.text(), user: try columns.text())
        clientID = try columns.optionalText()
        topic = AlertTopic(kind: try columns.text(), subject: try columns.text())
        comparison = try columns.text()
        value = try columns.text()
        repetition = try columns.text()
        cooldown = try columns.integer()
        note = try columns.text()
        isActive = try columns.bool()
        madeAt = try columns.time()
        lastTriggeredAt = try columns.optionalTime()
        triggerCount = try columns.integer()
        armedSeq = try columns.integer()
    }

    var values: [DatabaseValue] {
        [
            .text(id), .text(person.tenant), .text(person.user), .optional(clientID), .text(topic.kind),
            .text(topic.subject), .text(comparison), .text(value), .text(repetition), .integer(cooldown),
            .text(note), .bool(isActive), .integer(madeAt.milliseconds),
            .optional(lastTriggeredAt?.milliseconds), .integer(triggerCount), .integer(armedSeq),
        ]
    }
}
