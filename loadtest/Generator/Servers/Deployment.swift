import Foundation

/// All processes of a run: a server, or several of ours and what they share.
final class Deployment: Sendable {
    let servers: [RunningServer]
    private let redis: Companion?
    private let postgres: Companion?

    /// Starts all of them; on a thread that lives on, whose end would be theirs.
    ///
    /// - Parameter isSharingStore: Whether several servers keep what is said in one PostgreSQL.
    /// - Throws: ``LoadError`` where one of them does not start.
    init(_ plan: RunningServer.Plan, sharingStore isSharingStore: Bool) throws {
        guard case .stoas(let count) = plan.kind else {
            servers = [try RunningServer(plan)]
            redis = nil
            postgres = nil
            return
        }
        var started: [RunningServer] = []
        var companions: [Companion] = []
        do {
            var plan = plan
            let redis = try Companion.redis(processor: plan.processor)
            companions.append(redis)
            plan.settings["broker.redis"] = redis.address
            let postgres = isSharingStore ? try Companion.postgres(processor: plan.processor) : nil
            if let postgres {
                companions.append(postgres)
                plan.settings["store.postgres"] = postgres.address
            }
            let directory = plan.directory
            for number in 0..<count {
                plan.directory = "\(directory)/\(number)"
                try FileManager.default.createDirectory(
                    atPath: plan.directory, withIntermediateDirectories: true)
                started.append(try RunningServer(plan))
            }
            self.redis = redis
            self.postgres = postgres
        } catch {
            for server in started { server.stop() }
            for companion in companions { companion.stop() }
            throw error
        }
        servers = started
    }

    /// The servers' processes, for their CPU and memory.
    var probe: ServerProbe { ServerProbe(processes: servers.map(\.process), redis: redis?.process) }

    /// Ends all.
    func stop() {
        for server in servers { server.stop() }
        redis?.stop()
        postgres?.stop()
    }
}
