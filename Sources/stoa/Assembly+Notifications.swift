import Jobs
import Notifications
import PubSub
import Reactor
import Storage
import Telemetry
import TimeZones

extension Assembly {
    /// What does the queue's jobs, and what tells people things; both go on until the server stops.
    struct NotificationParts {
        let jobs: JobRunner
        let service: NotificationService
        private let house = Watch()

        init(jobs: JobRunner, service: NotificationService) {
            self.jobs = jobs
            self.service = service
        }

        func start() {
            jobs.start()
            let service = service
            house.start {
                while !Task.isCancelled {
                    do throws(StorageError) {
                        try await service.forgetOld()
                    } catch {
                        Log.error("old notifications stay: \(error)")
                    }
                    try? await Task.sleep(for: .seconds(600))
                }
            }
        }

        func stop() async {
            house.stop()
            await jobs.stop()
        }
    }

    /// The queue's runner and the service of notifications, over a store.
    func notifications(_ database: any Database, _ topics: Mailbox<TopicMail>) -> NotificationParts {
        let jobs = JobRunner(
            JobRepository(database: database), worker: configuration.text("instance.id"),
            settings: configuration.jobs)
        let service = NotificationService(
            database, topics: topics, jobs: jobs, zones: TimeZoneFolder(),
            settings: configuration.notifications)
        return NotificationParts(jobs: jobs, service: service)
    }
}

extension Configuration {
    /// The job queue's part.
    var jobs: JobSettings {
        var settings = JobSettings()
        settings.leaseMilliseconds = integer("jobs.lease_ms")
        settings.doneDays = int("jobs.retention_days")
        settings.deadDays = int("jobs.dead_days")
        return settings
    }

    /// The notifications' part.
    var notifications: NotificationSettings {
        var settings = NotificationSettings()
        settings.limit = int("notifications.limit")
        settings.retentionDays = int("notifications.retention_days")
        return settings
    }
}
