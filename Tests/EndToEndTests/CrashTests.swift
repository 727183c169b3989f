import StoaTesting
import Testing

@Suite("Crashes")
struct CrashTests {
    @Test(
        "kill -9 in a storm of sends, ten times: what was acknowledged is there once, in order (DESIGN 3.2)")
    func killed() async throws {
        let server = try await ServerProcess(["loops": "2"])
        let room = try await server.room(#""max_participants":0"#)
        let members = (0..<8).map { RoomMember(server, room: room, user: "u_\($0)") }
        try await each(members) { try await $1.connect() }
        for round in 0..<10 {
            try await CrashTests.storm(server, members, round: round)
        }
        // What was sent and never acknowledged may be there or not: the last one tells where the end is.
        try await members[0].send("end")
        let end = await members[0].acknowledged["end"] ?? 0
        try await OrderTests.check(members, count: Int(end))
        for member in members { #expect(await member.resumes >= 10) }
        await server.stop()
    }

    /// Everybody sends; the server dies when some are acknowledged, and comes back while the others go on trying.
    private static func storm(_ server: ServerProcess, _ members: [RoomMember], round: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members {
                group.addTask {
                    for number in 0..<4 { try await member.send("\(member.user)-\(round)-\(number)") }
                }
            }
            group.addTask {
                let wanted = "\(members[round % members.count].user)-\(round)-\(round % 3)"
                while await members[round % members.count].acknowledged[wanted] == nil {
                    try await Task.sleep(for: .milliseconds(1))
                }
                server.kill()
                try await server.start()
            }
            for try await _ in group {}
        }
        // Some may have been through before the end came: nobody goes on with a dead connection.
        for member in members { try await member.send("\(member.user)-\(round)-after") }
    }
}
