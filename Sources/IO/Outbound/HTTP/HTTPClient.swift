import CCurl
import Glibc
import Reactor
import Synchronization

/// Asks other servers, over libcurl on a thread of its own: for published keys, chains, webhooks.
///
/// TLS certificates are always verified; redirects, sizes and times are bounded by each request.
@safe public final class HTTPClient: Sendable {
    private struct Job: Sendable {
        let id: UInt64
        let request: HTTPClientRequest
        let finish: Transfer.Finish
    }

    private struct State {
        var jobs: [Job] = []
        var cancelled: [UInt64] = []
        var next: UInt64 = 0
        var isClosed = false
    }

    // Invariant: a valid multi handle until the thread ends it. Only the thread uses it, but for curl_multi_wakeup,
    // which libcurl allows from any; that happens under the lock, and not after `isClosed`.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer?
    private let authorities: String?
    private let state = Mutex(State())

    /// Starts a client.
    ///
    /// - Parameter authorityPath: A PEM file of authorities to trust in place of the system's.
    public init(authorityPath: String? = nil) {
        authorities = authorityPath
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        unsafe multi = curl_multi_init()
        DetachedThread.start(name: "http-client") { [self] in run() }
    }

    /// Ends the client's thread; requests on their way fail.
    ///
    /// Needed for the client's end: until then its thread keeps it.
    public func close() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            unsafe curl_multi_wakeup(multi)
        }
    }

    // MARK: Asking

    /// Sends a request and waits for the whole answer.
    ///
    /// - Throws: ``HTTPClientError``, also ``HTTPClientError/cancelled`` when the task is cancelled.
    public func send(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientResponse {
        guard !Task.isCancelled else { throw .cancelled }
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let result: Result<HTTPClientResponse, HTTPClientError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enqueue(Job(id: id, request: request) { continuation.resume(returning: $0) })
            }
        } onCancel: {
            cancel(id)
        }
        return try result.get()
    }

    private func enqueue(_ job: Job) {
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.jobs.append(job)
            unsafe curl_multi_wakeup(multi)
            return true
        }
        if !isTaken { job.finish(.failure(.closed)) }
    }

    private func cancel(_ id: UInt64) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.cancelled.append(id)
            unsafe curl_multi_wakeup(multi)
        }
    }

    // MARK: The thread

    private func run() {
        var transfers: [UInt64: Transfer] = [:]
        while takeMail(&transfers) {
            var running: CInt = 0
            unsafe curl_multi_perform(multi, &running)
            finishEnded(&transfers)
            // libcurl shortens the wait to its own next time-out.
            unsafe curl_multi_poll(multi, nil, 0, 60_000, nil)
        }
        for transfer in transfers.values {
            unsafe curl_multi_remove_handle(multi, transfer.handle)
            transfer.fail(.closed)
        }
        transfers = [:]
        unsafe curl_multi_cleanup(multi)
    }

    /// Takes what other threads want.
    ///
    /// - Returns: Whether the client goes on.
    private func takeMail(_ transfers: inout [UInt64: Transfer]) -> Bool {
        let (jobs, cancelled, isClosed) = state.withLock { state in
            let mail = (state.jobs, state.cancelled, state.isClosed)
            state.jobs = []
            state.cancelled = []
            return mail
        }
        for job in jobs { begin(job, &transfers) }
        for id in cancelled {
            guard let transfer = transfers.removeValue(forKey: id) else { continue }
            unsafe curl_multi_remove_handle(multi, transfer.handle)
            transfer.fail(.cancelled)
        }
        return !isClosed
    }

    private func begin(_ job: Job, _ transfers: inout [UInt64: Transfer]) {
        let transfer = Transfer(job.id, job.request, authorities: authorities, finish: job.finish)
        guard let transfer else { return job.finish(.failure(.badURL)) }
        transfers[job.id] = transfer
        unsafe curl_multi_add_handle(multi, transfer.handle)
    }

    private func finishEnded(_ transfers: inout [UInt64: Transfer]) {
        var result = CURLE_OK
        while let handle = unsafe stoa_curl_ended(multi, &result) {
            let found = transfers.values.first { unsafe $0.handle == handle }
            unsafe curl_multi_remove_handle(multi, handle)
            guard let found else { continue }
            transfers[found.id] = nil
            found.end(result)
        }
    }
}
