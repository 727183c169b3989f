import Bytes
import HTTP
import Outbound
import Webhooks

extension Assembly {
    /// What tells the owner's own service of events; nil where it is told of none.
    func webhooks() -> WebhookParts? {
        let kinds = Set(configuration.list("webhooks.events").compactMap(EventKind.init))
        guard !kinds.isEmpty, let url = configuration.optional("webhooks.url") else { return nil }
        let client = HTTPClient(authorityPath: configuration.optional("webhooks.authorities"))
        var settings = WebhookSettings()
        settings.waiting = configuration.int("webhooks.queue")
        settings.batch = configuration.int("webhooks.batch")
        settings.attempts = configuration.int("webhooks.attempts")
        settings.pauseMilliseconds = configuration.integer("webhooks.retry_ms")
        let queue = WebhookQueue(settings, deliver: delivery(to: url, client))
        let desk = EventDesk(
            kinds, instance: configuration.text("instance.id"),
            vacancyMilliseconds: configuration.integer("webhooks.vacated_ms"), queue: queue)
        return WebhookParts(desk: desk, queue: queue, client: client)
    }

    /// What tells of events, and what has to be stopped with the server.
    struct WebhookParts: Sendable {
        let desk: EventDesk
        let queue: WebhookQueue
        let client: HTTPClient

        /// Delivers what waits, and ends.
        func finish(within milliseconds: Int64) async {
            await queue.finish(within: milliseconds)
            client.close()
        }
    }

    private func delivery(to url: String, _ client: HTTPClient) -> WebhookQueue.Delivery {
        let secret = Array(configuration.text("webhooks.secret").utf8)
        let timeout = configuration.integer("webhooks.timeout_ms")
        return { body in
            var request = HTTPClientRequest(.post, url)
            // Anew for each try: the service refuses what was signed long ago.
            WebhookSignature.sign(body, secret: secret, at: .now(), in: &request.headers)
            request.body = body
            request.bodyLimit = 65_536
            request.timeout = .milliseconds(timeout)
            do throws(HTTPClientError) {
                let response = try await client.send(request)
                return WebhookAnswer(status: response.status, retryAfter: response.headers["retry-after"])
            } catch {
                return .later("\(error)", after: nil)
            }
        }
    }
}
