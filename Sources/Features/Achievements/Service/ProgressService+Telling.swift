import Bytes
import JSON
import Notifications
import PubSub
import Reactor
import Storage

extension ProgressService {
    /// What people are told of what they have earned: kept in the transaction that gives it to them, so that nobody
    /// misses it who is away.
    func drafts(of tidings: [Tidings]) -> [NotificationDraft] {
        tidings.flatMap { news in
            news.earned.map { achievement, record in
                var writer = JSONWriter()
                writer.beginObject()
                writer.key("user")
                writer.beginObject()
                writer.field("id", news.user)
                writer.field("name", news.name.isEmpty ? news.user : news.name)
                writer.endObject()
                ProgressForm.members(of: achievement, record, to: &writer)
                writer.endObject()
                return NotificationDraft(
                    NotificationRecord(
                        to: PersonKey(tenant: repository.tenant, user: news.user),
                        key: "achievement:" + achievement.id, kind: "achievement",
                        title: "Badge earned: \(achievement.form.name)", body: achievement.deed,
                        data: writer.text(), at: record.at), event: "achievement_earned")
            }
        }
    }

    /// Tells people what they have now, on all their connections.
    func tell(_ tidings: [Tidings]) {
        for news in tidings {
            for (achievement, record) in news.earned {
                guard let room = record.room else { continue }
                var writer = JSONWriter()
                writer.beginObject()
                ProgressForm.members(of: achievement, record, namesRoom: false, to: &writer)
                writer.endObject()
                let object = writer.span
                announce(
                    room, Author(id: news.user, name: news.name.isEmpty ? news.user : news.name),
                    [UInt8](object.extracting(1..<(object.count - 1))))
            }
            var writer = JSONWriter()
            writer.beginObject()
            ProgressForm.members(news.experience, news.streak, at: .now(), to: &writer)
            writer.endObject()
            push("progress", writer, to: news.user)
        }
    }

    private func push(_ type: String, _ writer: borrowing JSONWriter, to user: String) {
        let object = writer.span
        topics.post(
            .notify(user: user, type: type, members: [UInt8](object.extracting(1..<(object.count - 1)))))
    }
}
