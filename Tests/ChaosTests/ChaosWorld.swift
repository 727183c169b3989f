import Foundation
import StoaTesting
import TestRandom

/// A server with a disk that can fail, its two doors with what stands before them, and people in two rooms.
final class ChaosWorld: Sendable {
    let faults: Faults
    let server: ServerProcess
    /// Before the plain listener, a Unix socket.
    let plain: ChaosProxy
    /// Before the TLS listener.
    let secure: ChaosProxy
    let plainMembers: [PlainMember]
    let libraryMembers: [LibraryMember]
    let rooms: [String]
    private let certificates: CertificateFolder

    init(seed: UInt64) async throws {
        faults = try await Faults()
        certificates = try await CertificateFolder("localhost")
        let socket = certificates.directory.appending(path: "socket").path
        let settings = [
            "loops": "2", "unix_socket": socket, "presence.grace_ms": "1000", "drain.close_ms": "500",
            "rooms.replay_events": "10000", "limits.backlog_bytes": "65536", "websocket.ping_ms": "2000",
            "websocket.pong_ms": "4000",
        ]
        let server = try await ServerProcess(
            settings.merging(certificates.settings("localhost")) { $1 }, environment: faults.environment)
        self.server = server
        plain = try ChaosProxy(to: .path(socket))
        secure = try ChaosProxy(to: .port { server.port })
        var (rooms, plainMembers, libraryMembers) = ([String](), [PlainMember](), [LibraryMember]())
        for number in 0..<2 {
            let room = try await server.room(proxy: plain.port)
            rooms.append(room)
            for index in 0..<5 {
                plainMembers.append(
                    PlainMember(
                        ports: [plain.port], room: room, user: "u_plain\(number)_\(index)",
                        seed: seed &+ UInt64(index)))
            }
            for index in 0..<3 {
                libraryMembers.append(
                    try await LibraryMember(
                        port: secure.port, room: room, user: "u_library\(number)_\(index)",
                        authority: certificates.certificate("localhost"), seed: seed &+ UInt64(index)))
            }
        }
        (self.rooms, self.plainMembers, self.libraryMembers) = (rooms, plainMembers, libraryMembers)
    }

    /// Lets everybody in before anybody talks.
    func open() async throws {
        for member in plainMembers { try await member.enter() }
        for member in libraryMembers { try await member.enter() }
    }

    /// Everybody talks until a moment, and then on until all of theirs is acknowledged.
    func talk(until end: Date) async throws {
        let plain = plainMembers.map { member in { @Sendable in try await member.talk { Date() < end } } }
        let library = libraryMembers.map { member in { @Sendable in try await member.talk(until: end) } }
        try await together(plain + library)
    }

    /// Does one thing to the server, or to some of its connections.
    func suffer(_ fault: ChaosFault, _ random: inout SeededRandom) async throws {
        try await Task.sleep(for: .milliseconds(fault.pause))
        guard server.isRunning else { throw Broken("the server ended by itself: \(server.log.suffix(2000))") }
        let links = plain.some(fault.share, &random) + secure.some(fault.share, &random)
        switch fault.kind {
        case .kill:
            server.kill()
            try await again(fault)
        case .restart:
            let status = await server.stop()
            guard status == 0 else { throw Broken("it did not stop in order: \(status)") }
            try await again(fault)
        case .freeze: try await during(fault.length, { server.signal(SIGSTOP) }, { server.signal(SIGCONT) })
        case .reload: server.signal(SIGHUP)
        case .cut: for link in links { link.cut() }
        case .stall:
            for link in links { link.freeze(milliseconds: fault.length) }
        case .slow: for link in links { link.freeze(.toClient, milliseconds: fault.length * 2) }
        case .full: try await disk(.writeFile, ENOSPC, fault, links)
        case .damage: try await disk(.syncFile, EIO, fault, links)
        }
    }

    private func again(_ fault: ChaosFault) async throws {
        try await Task.sleep(for: .milliseconds(fault.length / 2))
        try await server.start()
    }

    /// Some come back while nothing can be stored.
    private func disk(
        _ call: Faults.Call, _ error: Int32, _ fault: ChaosFault, _ links: [ChaosLink]
    ) async throws {
        faults.set(call, error: error)
        for link in links { link.cut() }
        try await during(fault.length, {}, { faults.clear(call) })
    }
}
