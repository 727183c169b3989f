import JSON
import Storage
import TestRandom
import Testing

@testable import PubSub
@testable import Rooms

@Suite("What comes over the broker")
struct BrokerMessageTests {
    static let controls: [RoomControl.Deed] = [
        .changed, .promoted(user: "u_\"a", .moderator), .evicted(user: "u", isBan: true, reason: "spam\n"),
        .evicted(user: "u", isBan: false, reason: nil),
        .expelled(user: "u", reason: "gate_lost", words: "You sold it.", endsMembership: true), .forgotten,
        .read(Author(id: "u", name: "Ünal", isBot: true), seq: 9), .renamed(Author(id: "u", name: "Ünal")),
        .position(.max),
    ]

    @Test("a control message reads back as it was written", arguments: controls.indices)
    func controlsReadBack(index: Int) throws {
        let control = RoomControl(sender: "i_1", Self.controls[index])
        let bytes = [UInt8](control.encoded(room: "r").span)
        let read = try #require(RoomControl(bytes))
        #expect(read.sender == "i_1")
        #expect([UInt8](read.encoded(room: "r").span) == bytes)
    }

    @Test(
        "an event of ours has a seq, what others say has none, and what is no object is neither",
        arguments: [
            (#"{"type":"new_message","room":"r","seq":58,"message":{"seq":1}}"#, 58, true),
            (#"{"type":"message_updated","seq":2}"#, 2, false), (#"{"quiz":{"seq":3}}"#, nil, false),
            (#"{"seq":"4","type":7}"#, nil, false), (" {} ", nil, false),
        ] as [(String, Int64?, Bool)])
    func events(_ text: String, _ seq: Int64?, _ isMessage: Bool) {
        let event = Self.event(text)
        #expect(event?.seq == .some(seq))
        #expect(event?.isMessage == isMessage)
    }

    @Test(
        "what is no JSON object is no event",
        arguments: ["", "[1]", "{", #"{"seq":1}{}"#, #"{"seq":1e2}"#, #"{"seq":99999999999999999999}"#])
    func noEvents(_ text: String) { #expect(Self.event(text) == nil) }

    private static func event(_ text: String) -> SharedEvent? { SharedEvent(Array(text.utf8).span) }

    @Test(
        "a push is for somebody and has a word for its type",
        arguments: [
            (#"{"type":"notification","user":"u","members":{"a":[1]}}"#, #""a":[1]"#),
            (#"{"type":"notification","user":"u","members":{ }}"#, ""),
            (#"{"type":"notification","user":"u"}"#, ""), (#"{"type":"Notification","user":"u"}"#, nil),
            (#"{"type":"","user":"u"}"#, nil), (#"{"type":"a","user":""}"#, nil), ("[]", nil),
        ] as [(String, String?)])
    func pushes(_ text: String, _ members: String?) {
        let push = SharedPush(Array(text.utf8).span)
        #expect(push.map { String(decoding: $0.members, as: UTF8.self) } == members)
    }

    @Test("whatever is published, nothing breaks")
    func mutations() throws {
        var random = SeededRandom(seed: 11)
        let seeds =
            Self.controls.map { [UInt8](RoomControl(sender: "i", $0).encoded(room: "r").span) }
            + [#"{"type":"new_message","room":"r","seq":58}"#, #"{"type":"n","user":"u","members":{"a":1}}"#]
            .map { Array($0.utf8) }
        for _ in 0..<4000 {
            var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes[index] = UInt8.random(in: 0...255, using: &random)
                } else {
                    bytes.remove(at: index)
                }
            }
            _ = SharedEvent(bytes.span)
            _ = RoomControl(bytes)
            if let push = SharedPush(bytes.span), !push.members.isEmpty {
                let object = Array("{".utf8) + push.members + Array("}".utf8)
                #expect((try? JSONValue(parsing: object.span)) != nil)
            }
        }
    }
}
