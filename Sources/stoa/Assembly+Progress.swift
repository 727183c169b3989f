import Achievements
import Bytes
import Notifications
import PubSub
import Reactor
import Rooms
import Storage
import Telemetry

extension Assembly {
    /// What follows people's progress; nil where nothing does.
    func progress(
        _ database: any Database, _ topics: Mailbox<TopicMail>, _ duties: (any SharedDuties)?,
        _ notifications: NotificationService
    ) -> ProgressParts? {
        guard configuration.flag("progress.enabled") else { return nil }
        let settings = configuration.progress
        let repository = ProgressRepository(database: database)
        let boards = Leaderboards(repository, topics: topics, duties: duties, settings: settings)
        let service = ProgressService(
            repository, topics: topics, hints: ProgressHints(), boards: boards,
            notifications: notifications, settings: settings)
        return ProgressParts(service: service, hasBeginners: configuration.flag("dev"))
    }

    /// What follows people's progress, and what has to be stopped with the server.
    struct ProgressParts: Sendable {
        let service: ProgressService
        /// Whether there are achievements for those who try the server.
        let hasBeginners: Bool
        let watch = Watch()
        let boardWatch = Watch()

        /// Begins to follow.
        func start(_ rooms: RoomContext) async throws(StorageError) {
            service.onEarnedInRoom { room, author, members in
                rooms.post(.earned(room: room, author, members), to: room)
            }
            if hasBeginners { try await service.prepareBeginners() }
            watch.start { [service] in await service.run() }
            boardWatch.start { [service] in await service.boards.run() }
        }

        /// Ends.
        func stop() {
            watch.stop()
            boardWatch.stop()
        }
    }
}

extension Configuration {
    /// Progress.
    var progress: ProgressSettings {
        var settings = ProgressSettings()
        settings.achievements = int("progress.achievements")
        settings.delayMilliseconds = integer("progress.delay_ms")
        settings.sweepMilliseconds = integer("progress.sweep_ms")
        settings.aheadMilliseconds = integer("progress.ahead_ms")
        settings.boards = int("leaderboards.rooms")
        settings.tellMilliseconds = integer("leaderboards.tell_ms")
        settings.isShared = !list("broker.redis").isEmpty
        return settings
    }
}
