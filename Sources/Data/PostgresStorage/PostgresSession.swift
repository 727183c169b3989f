import CPostgres
import Glibc
import Storage

/// libpq's handle of a connection in pipeline mode: not for two threads at once.
///
/// Statements are sent as they come and answered in their order; only ``exchange()`` waits. It waits in poll(2), on
/// the driver's own threads, with a bound: a server that is silent costs nobody else anything.
@safe struct PostgresSession: ~Copyable {
    private enum Expected {
        /// The preparation of a statement.
        case statement(String)
        /// The answer to a statement, whose rows somebody waits for or nobody does.
        case answer(isWanted: Bool)
        /// The answer to COMMIT, which may say that it was a rollback.
        case commit
        /// The end of what was sent together.
        case mark
    }

    /// How many statements a connection keeps prepared: more than there are texts, but for absurd sets of filters.
    private static let statementLimit = 1000

    private let handle: OpaquePointer
    private let patience: Duration
    private var names: [String: String] = [:]
    private var nameCount = 0
    /// Statements that were run more than once together, as one for many rows; nil inside for those that are none.
    private var bulks: [String: BulkInsert?] = [:]
    private var expected: [Expected] = []
    /// Whether statements of a body were sent whose end it does not know.
    private(set) var isUnsettled = false
    /// What the last error means for the transaction and for the connection.
    private(set) var condition = PostgresCondition.usable

    /// Connects.
    ///
    /// - Parameters:
    ///   - turn: Which of several hosts comes first.
    ///   - patience: How long the server may take for the connection, and later for an answer.
    static func connect(
        _ target: PostgresTarget, turn: Int, patience: Duration, within: Duration
    ) throws(StorageError) -> PostgresSession {
        let parameters = target.parameters(turn: turn)
        let names = PostgresParameters(parameters.map { .text($0.name) })
        let values = PostgresParameters(parameters.map { .text($0.value) })
        let handle = unsafe names.withPointers { _, names in
            unsafe values.withPointers { _, values in unsafe PQconnectStartParams(names, values, 0) }
        }
        guard let handle = unsafe handle else { throw .unavailable("no memory for a connection") }
        var session = unsafe PostgresSession(owning: handle, patience)
        try session.connect(deadline: ContinuousClock.now + within)
        try session.check()
        return session
    }

    private init(owning handle: OpaquePointer, _ patience: Duration) {
        unsafe self.handle = handle
        self.patience = patience
        unsafe stoa_pq_silence(handle)
    }

    deinit { unsafe PQfinish(handle) }

    private mutating func connect(deadline: ContinuousClock.Instant) throws(StorageError) {
        // As if the last poll had asked to write: so says libpq's manual.
        var wanted = PGRES_POLLING_WRITING
        while unsafe PQstatus(handle) != CONNECTION_BAD, wanted != PGRES_POLLING_OK {
            guard wanted == PGRES_POLLING_READING || wanted == PGRES_POLLING_WRITING else { break }
            try wait(for: wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT, until: deadline)
            wanted = unsafe PQconnectPoll(handle)
        }
        guard unsafe PQstatus(handle) == CONNECTION_OK else { throw lost("no connection to the database") }
    }

    private mutating func check() throws(StorageError) {
        guard unsafe PQserverVersion(handle) >= 130_000 else {
            throw .statement(
                "PostgreSQL 13 or later is needed, this is \(unsafe PQserverVersion(handle) / 10_000)")
        }
        let encoding = unsafe PQparameterStatus(handle, "server_encoding")
        guard let encoding = unsafe encoding, unsafe String(cString: encoding) == "UTF8" else {
            throw .statement("the database's encoding must be UTF8: CREATE DATABASE … ENCODING 'UTF8'")
        }
        guard unsafe PQsetnonblocking(handle, 1) == 0, unsafe PQenterPipelineMode(handle) == 1 else {
            throw lost()
        }
    }

    // MARK: Sending

    /// Sends a statement once for each list of parameters.
    mutating func send(
        _ sql: String, _ runs: [[DatabaseValue]], isWanted: Bool
    ) throws(StorageError) {
        for values in runs { try send(sql, PostgresParameters(values), isWanted: isWanted) }
    }

    private mutating func send(
        _ sql: String, _ parameters: PostgresParameters, isWanted: Bool
    ) throws(StorageError) {
        try sendOnce(sql, parameters)
        expected.append(.answer(isWanted: isWanted))
    }

    /// Sends a body's statement that nobody waits for.
    mutating func sendUnsettled(_ sql: String, _ runs: [[DatabaseValue]]) throws(StorageError) {
        isUnsettled = true
        var rest = runs[...]
        let bulk = runs.count > 1 ? bulk(of: sql, runs[0].count) : nil
        while let (count, statement) = bulk?.statement(rowsLeft: rest.count) {
            try send(statement, PostgresParameters(rows: rest.prefix(count)), isWanted: false)
            rest = rest.dropFirst(count)
        }
        try send(sql, Array(rest), isWanted: false)
        // The server works on many rows while their body goes on.
        if runs.count > 1 { _ = unsafe PQflush(handle) }
    }

    private mutating func bulk(of sql: String, _ parameterCount: Int) -> BulkInsert? {
        if let known = bulks[sql] { return known }
        let made = BulkInsert(sql, parameterCount: parameterCount)
        if bulks.count < PostgresSession.statementLimit { bulks[sql] = .some(made) }
        return made
    }

    /// Sends a COMMIT.
    mutating func sendCommit() throws(StorageError) {
        try sendOnce("COMMIT", PostgresParameters([]))
        expected.append(.commit)
    }

    private mutating func sendOnce(_ sql: String, _ parameters: PostgresParameters) throws(StorageError) {
        guard !condition.isGone else { throw .unavailable("the connection is lost") }
        let handle = unsafe handle
        let isSent: CInt
        if let name = try name(of: sql) {
            isSent = unsafe parameters.withPointers { count, values in
                unsafe PQsendQueryPrepared(handle, name, count, values, nil, nil, 0)
            }
        } else {
            isSent = unsafe parameters.withPointers { count, values in
                unsafe PQsendQueryParams(handle, sql, count, nil, values, nil, nil, 0)
            }
        }
        guard isSent == 1 else { throw lost() }
    }

    /// The name under which a statement is prepared, or is from now on; nil where it is not worth it.
    private mutating func name(of sql: String) throws(StorageError) -> String? {
        if let name = names[sql] { return name }
        // Definitions are run once.
        guard !sql.hasPrefix("CREATE"), !sql.hasPrefix("ALTER"), names.count < PostgresSession.statementLimit
        else { return nil }
        nameCount += 1
        let name = "s\(nameCount)"
        guard unsafe PQsendPrepare(handle, name, sql, 0, nil) == 1 else { throw lost() }
        expected.append(.statement(sql))
        names[sql] = name
        return name
    }

    // MARK: Receiving

    /// Waits until all that was sent is answered.
    ///
    /// - Returns: The rows of each answer that somebody wanted.
    /// - Throws: The first error; statements after it were not run.
    mutating func exchange() throws(StorageError) -> [[Row]] {
        try mark()
        return try receive()
    }

    /// Sends the end of what belongs together, without waiting for its answers.
    mutating func mark() throws(StorageError) {
        guard unsafe PQpipelineSync(handle) == 1 else { throw lost() }
        expected.append(.mark)
        _ = unsafe PQflush(handle)
    }

    /// Waits until all that was sent up to a ``mark()`` is answered.
    ///
    /// - Returns: The rows of each answer that somebody wanted.
    /// - Throws: The first error; statements after it were not run.
    mutating func receive() throws(StorageError) -> [[Row]] {
        var deadline = ContinuousClock.now + patience
        let due = expected
        expected = []
        condition = .usable
        isUnsettled = false
        var answers: [[Row]] = []
        var failure: StorageError?
        for expectation in due {
            // What is done before it, and the disks that it waits for, have their time each.
            if case .commit = expectation { deadline = ContinuousClock.now + patience }
            let result = try nextResult(deadline)
            do {
                let rows = try take(result, as: expectation)
                if case .answer(true) = expectation { answers.append(rows) }
            } catch {
                if condition.isGone { throw error }
                failure = failure ?? error
            }
            if case .mark = expectation { continue }
            // A nil ends each statement's results.
            try waitForResult(deadline)
            while let more = unsafe PQgetResult(handle) { unsafe PQclear(more) }
        }
        if let failure { throw failure }
        return answers
    }

    private mutating func take(
        _ result: consuming PostgresResult, as expectation: Expected
    ) throws(StorageError) -> [Row] {
        switch result.status {
        case PGRES_TUPLES_OK: return try result.rows()
        case PGRES_PIPELINE_SYNC: return []
        case PGRES_COMMAND_OK:
            if case .commit = expectation, result.command != "COMMIT" {
                throw .statement("a statement had failed, and all was rolled back")
            }
            return []
        case PGRES_PIPELINE_ABORTED:
            if case .statement(let sql) = expectation { names[sql] = nil }
            throw .statement("a statement before this one failed")
        default:
            if case .statement(let sql) = expectation { names[sql] = nil }
            let state = result.state
            condition = unsafe PQstatus(handle) == CONNECTION_BAD ? .lost : PostgresCondition(state: state)
            throw StorageError(postgres: state, result.message)
        }
    }

    private mutating func nextResult(_ deadline: ContinuousClock.Instant) throws(StorageError)
        -> PostgresResult
    {
        try waitForResult(deadline)
        guard let result = unsafe PQgetResult(handle) else { throw lost() }
        return unsafe PostgresResult(owning: result)
    }

    /// Reads, and writes what is still to be written, until libpq has a whole result.
    private mutating func waitForResult(_ deadline: ContinuousClock.Instant) throws(StorageError) {
        while unsafe PQisBusy(handle) == 1 {
            let unsent = unsafe PQflush(handle)
            guard unsent >= 0 else { throw lost() }
            try wait(for: unsent == 1 ? POLLIN | POLLOUT : POLLIN, until: deadline)
            guard unsafe PQconsumeInput(handle) == 1 else { throw lost() }
        }
    }

    private mutating func wait(for events: Int32, until deadline: ContinuousClock.Instant)
        throws(StorageError)
    {
        let descriptor = unsafe PQsocket(handle)
        guard descriptor >= 0 else { throw lost() }
        var watched = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while true {
            let left = (deadline - ContinuousClock.now) / .milliseconds(1)
            guard left > 0 else {
                condition = .silent
                throw .unavailable("the database does not answer")
            }
            let ready = unsafe poll(&watched, 1, CInt(min(left + 1, 60_000)))
            if ready > 0 { return }
            if ready < 0, errno != EINTR { throw lost() }
        }
    }

    private mutating func lost(
        _ words: String = "the connection to the database is lost"
    ) -> StorageError {
        condition = .lost
        let message = unsafe PQerrorMessage(handle).map { unsafe String(cString: $0) } ?? ""
        return .unavailable("\(words): \(PostgresTarget.line(message))")
    }
}
