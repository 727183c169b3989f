import Storage
import StoreWorkers

/// A connection that reads, with its thread.
final class Reader: Sendable {
    private let link: Link
    private let thread: WorkerThread

    init(_ link: Link, name: String) {
        self.link = link
        thread = WorkerThread(name: name)
    }

    /// Works on a queue until it is closed and dry.
    func start(_ queue: WorkQueue<any ReadJob>) -> Task<Void, Never> {
        Task(executorPreference: thread) {
            // Now rather than with the first read, which is waited for; and while there are descriptors.
            _ = try? self.link.open()
            while let job = await queue.next(atMost: 1).first { await self.perform(job) }
            self.link.close()
            self.thread.stop()
        }
    }

    private func perform(_ job: any ReadJob) async {
        var error = await attempt(job)
        // A connection that broke says nothing of the server: a new one is tried once.
        if case .broken = error { error = await attempt(job) }
        job.finished(error.storageError)
    }

    private enum Outcome {
        case done
        case failed(StorageError)
        case broken(StorageError)

        var storageError: StorageError? {
            switch self {
            case .done: nil
            case .failed(let error), .broken(let error): error
            }
        }
    }

    private func attempt(_ job: any ReadJob) async -> Outcome {
        let connection: PostgresConnection
        do throws(StorageError) {
            connection = try link.open()
        } catch {
            return .failed(error)
        }
        do throws(StorageError) {
            try connection.send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try await job.run(connection)
            try connection.endReading()
            link.worked()
            return .done
        } catch {
            let condition = connection.condition
            guard condition.isGone else {
                connection.rollback()
                link.worked()
                return .failed(error)
            }
            link.drop(condition, error)
            return condition == .lost ? .broken(error) : .failed(error)
        }
    }
}
