import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Minting (A11)")
struct MintTests {
    @Test("what an achievement is minted as comes from a worker outside, once")
    func minted() async throws {
        let (server, key) = try await ProgressTests.prepared()
        let body =
            ProgressTests.achievement("minted", ProgressTests.messages(1)).dropLast() + #","mint":"Talker"}"#
        #expect(try await server.http("POST", "/api/v1/achievements", String(body), token: key).status == 201)
        let room = try await server.room(owner: "u_ann")
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await ann.request("join", #""room":"\#(room)""#)
        try await ann.request("chat_message", #""room":"\#(room)","content":"x""#)
        _ = try await ann.push("achievement_earned") { $0["achievement"]?.string == "minted" }
        let worker = try await ProgressTests.key(server, "progress:write")
        let lease = { try await server.http("POST", "/api/v1/jobs/lease", #"{"limit":5}"#, token: worker) }
        let jobs = try await lease().json?["jobs"]?.array ?? []
        #expect(jobs.count == 1)
        let job = try #require(jobs.first?["id"]?.string)
        let held = try #require(jobs.first?["lease"]?.string)
        #expect(jobs.first?["payload"]?["achievement"]?.string == "minted")
        #expect(jobs.first?["payload"]?["mint"]?.string == "Talker")
        #expect(try await lease().json?["jobs"]?.array?.isEmpty == true)
        let path = "/api/v1/jobs/\(job)/"
        let more = try await server.http("POST", path + "extend", #"{"lease":"\#(held)"}"#, token: worker)
        #expect(more.status == 204)
        let done = #"{"lease":"\#(held)","result":{"mint":"So1ana"}}"#
        #expect(try await server.http("POST", path + "complete", done, token: worker).status == 204)
        #expect(try await server.http("POST", path + "complete", done, token: worker).code == "conflict")
        let badges = try await ProgressTests.progress(server, "u_ann")["badges"]?.array ?? []
        #expect(badges.compactMap { $0["mint"]?.string } == ["So1ana"])
        // A highlight is minted for whoever made it.
        let made = try await ann.request(
            "highlight_create",
            #""room":"\#(room)","document_id":"d","content":"look","highlight":{"text":"t","page":1}"#)
        let message = try #require(made["message_id"]?.string)
        let mint = "/api/v1/rooms/\(room)/messages/\(message)/mint"
        let bob = ServerProcess.token("u_bob")
        #expect(try await server.http("POST", mint, "{}", token: bob).code == "forbidden")
        for _ in 0..<2 {
            let asked = try await server.http("POST", mint, "{}", token: ServerProcess.token("u_ann"))
            #expect(asked.status == 202 && asked.json?["state"]?.string == "waiting", "\(asked.text)")
        }
        let next = try await lease().json?["jobs"]?[0]
        #expect(next?["payload"]?["message"]?.string == message)
        let failed = try await server.http(
            "POST", "/api/v1/jobs/\(next?["id"]?.string ?? "")/fail",
            #"{"lease":"\#(next?["lease"]?.string ?? "")","error":"no gas"}"#, token: worker)
        #expect(failed.json?["state"]?.string == "waiting")
    }
}
