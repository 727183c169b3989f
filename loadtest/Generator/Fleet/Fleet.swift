import Bytes
import HTTP
import Reactor
import WebSocket

/// Where the server under test is.
struct Target: Sendable {
    /// One address, or those of several processes that are one service.
    let addresses: [SocketAddress]
    let tls: TLSContext?
    let offersDeflate: Bool
}

/// What a scene hears of its connections.
protocol Scene: AnyObject {
    func ready(_ client: LoadClient)
    func delivered(_ stamp: Stamp, to client: LoadClient, at now: Int64)
    func acknowledged(_ number: UInt32, by client: LoadClient, at now: Int64)
    func presence(_ client: LoadClient, _ text: Span<UInt8>)
    func values(_ client: LoadClient, _ text: Span<UInt8>, at now: Int64)
    func ended(_ client: LoadClient)
}

extension Scene {
    func acknowledged(_ number: UInt32, by client: LoadClient, at now: Int64) {}
    func presence(_ client: LoadClient, _ text: Span<UInt8>) {}
    func values(_ client: LoadClient, _ text: Span<UInt8>, at now: Int64) {}
}

/// All connections of a run, what was published over them and what came.
final class Fleet {
    let loop: EventLoop
    let driver: any Driver
    let target: Target
    let scenario: Scenario
    /// One key serves all: it proves that the peer speaks WebSocket, nothing else.
    let handshake: ClientHandshake
    var sources: SourceAddresses
    private(set) var clients: [LoadClient] = []
    /// The clients that publish, by room and number.
    private(set) var publishers: [[LoadClient]]
    /// The clients that receive, by room.
    private(set) var members: [[LoadClient]]
    var ledger = Ledger(subscribers: 0, publishers: 1)
    private(set) var sends: SendLog
    /// What was told of prices and came of them, in a run with prices.
    var prices: PriceLedger?
    weak var scene: (any Scene)?
    /// Whether clients keep track of where they are.
    var followsPositions = false
    /// What went wrong, in words; the first ones.
    private(set) var problems: [String] = []
    private var masks: UInt32 = 0x9E37_79B9

    init(_ loop: EventLoop, _ driver: any Driver, _ target: Target, _ scenario: Scenario) {
        self.loop = loop
        self.driver = driver
        self.target = target
        self.scenario = scenario
        sources = SourceAddresses(to: target.addresses[0])
        handshake = ClientHandshake(offersDeflate: target.offersDeflate)
        let rooms = scenario.rooms + scenario.bystanderRooms
        publishers = Array(repeating: [], count: rooms)
        members = Array(repeating: [], count: rooms)
        sends = SendLog(
            rooms: rooms, publishers: max(1, scenario.publishers), burst: scenario.arrival.burst ?? 1)
        seat()
    }

    /// The servers that are not to be killed: all, or all but the last one.
    var survivors: Int { target.addresses.count - (scenario.kind == .kill ? 1 : 0) }

    private func seat() {
        var subscribers = 0
        func add(_ room: Int, publisher: Int?, receives: Bool, at instance: Int) {
            let seat = Seat(
                room: room, person: clients.count, publisher: publisher, receives: receives,
                instance: instance)
            let client = LoadClient(self, seat, subscriber: receives ? subscribers : nil)
            if receives {
                subscribers += 1
                members[room].append(client)
            }
            if publisher != nil { publishers[room].append(client) }
            clients.append(client)
        }
        for room in members.indices {
            let isBystander = room >= scenario.rooms
            let count = isBystander ? 2 : scenario.members
            let sending = isBystander ? 1 : scenario.publishers
            let publishersReceive = scenario.channel == .room || scenario.kind == .echo
            for index in 0..<count {
                let publisher = publishersReceive && index < sending ? index : nil
                let places = isBystander ? survivors : target.addresses.count
                add(room, publisher: publisher, receives: true, at: index % places)
            }
            if !publishersReceive {
                for index in 0..<sending { add(room, publisher: index, receives: false, at: 0) }
            }
        }
        ledger = Ledger(subscribers: subscribers, publishers: max(1, scenario.publishers))
    }

    // MARK: Counts

    /// What came to those who receive.
    var deliveries: Int { prices?.deliveries ?? ledger.deliveries }
    /// What was sent.
    var publications: Int { prices?.told ?? sends.total }
    /// What went wrong.
    var faults: Faults { prices.map { $0.faults + ledger.faults } ?? ledger.faults }

    // MARK: Connecting

    /// The bytes of a client's request.
    func request(_ client: LoadClient) -> [UInt8] {
        var headers = handshake.headers
        for (name, value) in driver.headers(client.seat) { headers.set(name, value) }
        var bytes = ByteBuffer(capacity: 640)
        let path = driver.target(client.seat, since: client.position)
        do throws(HTTPError) {
            try RequestEncoder.append(.get, path, host: "localhost", headers: headers, into: &bytes)
        } catch {
            problem("the request cannot be written: \(error)")
        }
        return bytes.array()
    }

    // MARK: Publishing

    /// Publishes `count` payloads in one write.
    ///
    /// - Parameter due: When the first byte should have gone: latency counts from here.
    func publish(_ client: LoadClient, count: Int, due: Int64) {
        guard let publisher = client.seat.publisher else { return }
        var frames = ByteBuffer(capacity: count * (scenario.payloadBytes + 64))
        var text = ByteBuffer(capacity: scenario.payloadBytes + 128)
        for _ in 0..<count {
            let sequence = sends.add(room: client.seat.room, publisher: publisher, due: due)
            let stamp = Stamp(room: client.seat.room, publisher: publisher, sequence: sequence)
            let payload = Payload.make(stamp, count: scenario.payloadBytes)
            text.removeAll()
            driver.publish(payload, client.seat, number: sequence, into: &text)
            client.appendFrame(text.span, to: &frames)
        }
        client.write(frames)
    }

    /// A key that changes with every frame; it hides nothing here.
    func maskingKey() -> UInt32 {
        masks = masks &* 1_664_525 &+ 1_013_904_223
        return masks
    }

    // MARK: What clients tell

    func delivered(_ stamp: Stamp?, to client: LoadClient, at now: Int64) {
        guard let subscriber = client.subscriber else { return ledger.misrouted() }
        guard ledger.take(stamp, subscriber: subscriber, room: client.seat.room), let stamp else { return }
        scene?.delivered(stamp, to: client, at: now)
    }

    func acknowledged(_ number: UInt32, by client: LoadClient, at now: Int64) {
        scene?.acknowledged(number, by: client, at: now)
    }

    func refused(_ client: LoadClient, _ text: Span<UInt8>) {
        ledger.refused()
        problem("person \(client.seat.person): " + (String(utf8: text) ?? "not text"))
    }

    /// A connection that could not be made.
    func failed(_ client: LoadClient, _ words: String) {
        ledger.refused()
        problem("person \(client.seat.person): \(words)")
        scene?.ended(client)
    }

    /// A connection that ended though nobody asked for it.
    func endedUnasked(_ client: LoadClient) {
        ledger.refused()
        problem("person \(client.seat.person): closed with \(client.closeCode.map(String.init) ?? "no code")")
    }

    /// A feed whose ticks were not taken in.
    func feedFailed(_ words: String) {
        ledger.refused()
        problem(words)
    }

    private func problem(_ words: String) { if problems.count < 5 { problems.append(words) } }

    /// Ends the count for all members but those left out.
    func closeLedger(leavingOut isLeftOut: (LoadClient) -> Bool = { _ in false }) {
        for client in clients where !isLeftOut(client) {
            guard let subscriber = client.subscriber else { continue }
            ledger.close(subscriber: subscriber) { sends.count(room: client.seat.room, publisher: $0) }
        }
    }
}
