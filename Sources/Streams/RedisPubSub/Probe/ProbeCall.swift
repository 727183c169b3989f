import Reactor

/// One connection that is made to see what comes of it; it belongs to its loop.
final class ProbeCall: RedisConnectionOwner {
    /// What came of it.
    enum Outcome: Sendable {
        /// It let us in, and what it answered to the question.
        case answered(RedisReply, version: String)
        /// What is wrong with it.
        case failed(String)
    }

    private let loop: EventLoop
    private let address: RedisAddress
    private let settings: RedisSettings
    private let role: RedisConnection.Role
    private let kind: RedisGreeting.Kind
    private let question: [RedisArgument]
    private var finish: ((Outcome) -> Void)?
    private lazy var connection = RedisConnection(
        loop, address, settings, role: role, kind: kind, owner: self)

    /// - Parameters:
    ///   - question: What is asked once we are in; nothing where it is empty.
    ///   - finish: Hears once what came of it.
    init(
        _ loop: EventLoop, _ address: RedisAddress, _ settings: RedisSettings, _ role: RedisConnection.Role,
        _ kind: RedisGreeting.Kind, question: [RedisArgument], _ finish: @escaping (Outcome) -> Void
    ) {
        self.loop = loop
        self.address = address
        self.settings = settings
        self.role = role
        self.kind = kind
        self.question = question
        self.finish = finish
    }

    func start() { connection.start() }

    func connected(_ connection: RedisConnection) {
        let version = connection.version
        guard !question.isEmpty else { return end(.answered(.null, version: version)) }
        connection.send(question) { [weak self] result in
            switch result {
            case .success(let reply): self?.end(.answered(reply, version: version))
            case .failure(let error): self?.end(.failed("\(error)"))
            }
        }
    }

    func disconnected(_ connection: RedisConnection) {}

    func failed(_ connection: RedisConnection, _ words: String) { end(.failed(words)) }

    private func end(_ outcome: Outcome) {
        guard let finish else { return }
        self.finish = nil
        connection.stop()
        finish(outcome)
    }
}
