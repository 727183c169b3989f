import HTTP
import Outbound
import PostgresStorage
import RedisPubSub
import Storage

/// Asks all that a server of a configuration would speak with, and changes nothing there.
struct ConnectionCheck {
    private let configuration: Configuration
    private var hasFailed = false

    /// Asks, and prints what was found: what is as it has to be to standard output, what is not to standard error.
    ///
    /// - Returns: Whether a server could start.
    static func run(_ configuration: Configuration) async throws -> Bool {
        var check = ConnectionCheck(configuration)
        await check.store()
        try await check.broker()
        await check.webhooks()
        return !check.hasFailed
    }

    private init(_ configuration: Configuration) { self.configuration = configuration }

    private mutating func fault(_ words: String) {
        hasFailed = true
        Console.printError("stoa: \(words)")
    }

    private mutating func store() async {
        guard var options = configuration.postgres else {
            return Console.print("store.postgres is empty: there is no database to ask.")
        }
        // A server of this directory may be running.
        options.directory = nil
        do throws(StorageError) {
            for answer in try await PostgresDatabase.probe(options) { Console.print(answer) }
        } catch {
            fault(FailureWords.words(error))
        }
    }

    private mutating func broker() async throws {
        guard let settings = try Assembly(configuration: configuration).redisSettings() else {
            return Console.print("broker.redis is empty: there is no Redis to ask.")
        }
        for finding in try await RedisProbe.run(settings) {
            if finding.isGood {
                Console.print("broker.redis: \(finding.words)")
            } else {
                fault("broker.redis: \(finding.words)")
            }
        }
    }

    /// Whoever is at the address is asked for nothing but a sign of life: no event is sent.
    private mutating func webhooks() async {
        guard let url = configuration.optional("webhooks.url") else { return }
        let name = "webhooks.url (\(Redaction.applied(to: url)))"
        let client = HTTPClient(authorityPath: configuration.optional("webhooks.authorities"))
        var request = HTTPClientRequest(.head, url)
        request.timeout = .milliseconds(configuration.integer("webhooks.timeout_ms"))
        request.connectTimeout = request.timeout
        do throws(HTTPClientError) {
            let status = try await client.send(request).status
            Console.print("\(name) answers: \(status) to HEAD; no event was sent")
        } catch {
            fault("\(name): \(error)")
        }
        client.close()
    }
}
