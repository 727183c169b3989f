import Bytes
import JSON
import Storage

extension ProgressService {
    /// What a worker outside is to mint for what was earned: put into the queue in the transaction that gives it.
    func mints(of tidings: [Tidings]) -> [NewJob] {
        tidings.flatMap { news in
            news.earned.compactMap { achievement, record in
                guard let mint = achievement.form.mint else { return nil }
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("for", "achievement")
                writer.field("user", news.user)
                writer.field("achievement", achievement.id)
                writer.field("mint", mint)
                writer.field("at", record.at.milliseconds)
                writer.endObject()
                let person = PersonKey(tenant: repository.tenant, user: news.user)
                return MintRepository.job(achievement: achievement.id, of: person, payload: writer.text())
            }
        }
    }
}
