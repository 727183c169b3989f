/// Jobs of minting, which a worker outside does: what it reports is kept with what it is minted for.
public struct MintRepository: Sendable {
    /// The kind of these jobs.
    public static let kind = "mint"

    private let database: any Database
    /// The queue.
    public let jobs: JobRepository

    /// The one of a store.
    public init(database: any Database) {
        self.database = database
        jobs = JobRepository(database: database)
    }

    /// The job of an achievement that somebody has earned.
    public static func job(achievement id: String, of person: PersonKey, payload: String) -> NewJob {
        NewJob(
            kind, key: "achievement:\(person.tenant):\(person.user):\(id)", payload: payload, about: person)
    }

    /// The key of a highlight's job.
    public static func key(highlight message: String) -> String { "highlight:" + message }

    /// Ends a job, and keeps what was minted with the achievement that it was for, all in one transaction.
    ///
    /// - Parameters:
    ///   - achievement: What it was for, where it was for one.
    ///   - mint: What was minted, as wallets name it.
    /// - Returns: False where the lease is not the job's any more.
    public func complete(
        _ job: JobRecord, lease: String, achievement: String?, mint: String, result: String
    ) async throws(StorageError) -> Bool {
        try await database.write { (transaction) async throws(StorageError) in
            let ended = try await JobRepository.complete([(job.id, lease, result)], in: transaction)
            guard !ended.isEmpty else { return false }
            if let achievement, let person = job.person {
                _ = try await transaction.query(
                    """
                    UPDATE earned_achievements SET mint = $4
                    WHERE tenant_id = $1 AND user_id = $2 AND achievement_id = $3
                    """, [.text(person.tenant), .text(person.user), .text(achievement), .text(mint)])
            }
            return true
        }
    }
}
