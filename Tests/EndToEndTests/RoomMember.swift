import Foundation
import JSON
import StoaTesting

/// A member of a room as a good client is one: it resumes after every loss, and repeats what was not acknowledged.
actor RoomMember {
    /// A message as it was delivered.
    struct Delivery: Equatable {
        let seq: Int64
        let id: String
        let clientID: String
    }

    nonisolated let user: String
    private let server: ServerProcess
    private let room: String
    private var client: TestClient?
    private var epoch = ""
    /// The last event that it has.
    private(set) var last: Int64 = 0
    private(set) var deliveries: [Delivery] = []
    /// What was acknowledged: `seq` by `client_id`.
    private(set) var acknowledged: [String: Int64] = [:]
    private(set) var resumes = 0

    init(_ server: ServerProcess, room: String, user: String) {
        self.server = server
        self.room = room
        self.user = user
    }

    /// Joins, or comes back to where it was.
    func connect(within seconds: Double = 30) async throws {
        try await takeDeliveries()
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            do {
                return try await attempt()
            } catch  where Date() < deadline && !(error is LostMessage) {
                // The server may be away: as a client would, again and again.
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private func attempt() async throws {
        let client = try await TestClient(server, token: ServerProcess.token(user))
        let since = epoch.isEmpty ? "" : #","since":{"epoch":"\#(epoch)","seq":\#(last)}"#
        let reply = try await client.request("join", #""room":"\#(room)""# + since)
        guard epoch.isEmpty || reply["recovered"]?.bool == true else {
            throw LostMessage("\(user) is not recovered after \(last): \(reply)")
        }
        if epoch.isEmpty { last = reply["seq"]?.integer ?? -1 } else { resumes += 1 }
        epoch = reply["epoch"]?.string ?? ""
        self.client = client
    }

    /// Sends until it is acknowledged, coming back as often as needed.
    func send(_ clientID: String) async throws {
        while acknowledged[clientID] == nil {
            do {
                try await resend(clientID)
            } catch is TestFailure {
                client?.cut()
                try await connect()
            } catch let refusal as Refused where refusal.code == "unavailable" {
                continue
            }
        }
    }

    /// Sends a message, perhaps again: every acknowledgement must tell the same place.
    func resend(_ clientID: String) async throws {
        guard let client else { throw TestFailure("not connected") }
        let ack = try await client.request(
            "chat_message", #""room":"\#(room)","content":"\#(clientID)","client_id":"\#(clientID)""#)
        let seq = ack["seq"]?.integer ?? -1
        if let known = acknowledged[clientID], known != seq {
            throw LostMessage("\(clientID) is at \(known) and at \(seq)")
        }
        acknowledged[clientID] = seq
    }

    /// Sends without waiting for the answer.
    func throwIn(_ clientID: String) {
        let members = #""room":"\#(room)","content":"\#(clientID)","client_id":"\#(clientID)""#
        client?.send(#"{"type":"chat_message","id":"t",\#(members)}"#)
    }

    func cut() { client?.cut() }

    /// Takes what has been delivered.
    ///
    /// - Throws: ``LostMessage`` for a hole or a repeat.
    func takeDeliveries() async throws {
        guard let client else { return }
        for message in try await client.drain() where message["type"]?.string == "new_message" {
            let seq = message["seq"]?.integer ?? -1
            guard seq == last + 1 else { throw LostMessage("\(user) has \(last) and gets \(seq)") }
            last = seq
            deliveries.append(
                Delivery(
                    seq: seq, id: message["message"]?["id"]?.string ?? "",
                    clientID: message["message"]?["client_id"]?.string ?? ""))
        }
    }

    /// Waits until it has everything up to an event.
    func follow(to seq: Int64, within seconds: Double = 30) async throws {
        let deadline = Date().addingTimeInterval(seconds)
        try await takeDeliveries()
        while last < seq {
            guard Date() < deadline else { throw TestFailure("\(user) is at \(last), not at \(seq)") }
            do {
                guard let client else { throw TestFailure("not connected") }
                try await client.wait(within: 5) { !$0.isEmpty }
                try await takeDeliveries()
            } catch is TestFailure {
                client?.cut()
                try await connect()
            }
        }
    }
}

/// The promise of order and exactly-once is broken.
struct LostMessage: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
