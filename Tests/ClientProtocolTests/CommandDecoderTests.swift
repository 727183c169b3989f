import ClientProtocol
import Testing

@Suite("Command decoder")
struct CommandDecoderTests {
    static func decode(_ text: String, room: String? = nil) -> Result<Command, CommandError> {
        Result { () throws(CommandError) in try CommandDecoder.decode(text.utf8Span.span, room: room) }
    }

    static func code(_ text: String) -> ErrorCode? {
        if case .failure(.refused(let error, _)) = decode(text) { error.code } else { nil }
    }

    @Test(
        "what is not one JSON object closes the connection (CONTRACT 1)",
        arguments: [
            "", "[1]", "\"x\"", "12", "null", "{", "{\"type\":\"ping\",}", "{\"type\":\"ping\"} x",
            "{\"type\":\"ping\",\"type\":\"ping\"}", "{\"type\":\"ping\",\"x\":01}",
        ])
    func notAnObject(_ text: String) {
        #expect(throws: CommandError.notAnObject) { try CommandDecoderTests.decode(text).get() }
    }

    @Test(
        "an unknown type is told from a wrong field, and names its request",
        arguments: [
            (#"{"type":"dance","id":"1","room":7}"#, ErrorCode.unknownType),
            (#"{"id":"1"}"#, .invalidMessage),
            (#"{"type":"join","id":"1"}"#, .invalidField),
            (#"{"type":"join","id":"1","room":7}"#, .invalidField),
            (#"{"type":"chat_message","room":"r","content":""}"#, .invalidField),
            (#"{"type":"chat_message","room":"r","content":" \n "}"#, .invalidField),
            (#"{"type":"history","room":"r","limit":101}"#, .invalidField),
            (#"{"type":"history","room":"r","limit":0}"#, .invalidField),
            (#"{"type":"history","room":"r","before":1,"after":2}"#, .invalidField),
            (#"{"type":"history","room":"r","before":-1}"#, .invalidField),
            (#"{"type":"history","room":"r","before":1.5}"#, .invalidField),
            (#"{"type":"subscribe","channels":[]}"#, .invalidField),
            (#"{"type":"subscribe","channels":["a",1]}"#, .invalidField),
            (#"{"type":"publish","channel":"topic:x"}"#, .invalidField),
            (#"{"type":"join","room":"r","since":{"epoch":"e"}}"#, .invalidField),
            (#"{"type":"ping","id":""}"#, .invalidField),
        ])
    func refusals(_ text: String, _ code: ErrorCode) {
        #expect(CommandDecoderTests.code(text) == code)
    }

    @Test("unknown fields are passed over, whatever they hold")
    func unknownFields() throws {
        let text = #"{"future":{"a":[1,{"b":null}]},"type":"ping","id":"1","x":1e400}"#
        #expect(try CommandDecoderTests.decode(text).get().id == "1")
    }

    @Test("a publication's data is passed on byte for byte")
    func rawData() throws {
        let data = #"{ "n" : 1.50, "s":"\u00fc\/" }"#
        let text = #"{"type":"publish","channel":"topic:x","data":"# + data + "}"
        guard case .publish(_, let bytes, _) = try CommandDecoderTests.decode(text).get().body else {
            Issue.record("no publication")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self) == data)
    }

    @Test("a room that is not named is the connection's own")
    func defaultRoom() throws {
        let command = try CommandDecoderTests.decode(#"{"type":"typing_start"}"#, room: "r1").get()
        #expect(command.room == "r1")
    }

    @Test("positions are read in both forms, of a room and by channel")
    func positions() throws {
        let join = try CommandDecoderTests.decode(
            #"{"type":"join","room":"r","since":{"epoch":"e","seq":4}}"#
        ).get()
        guard case .join(_, let since, _, _, _) = join.body else { Issue.record("no join"); return }
        #expect(since == StreamPosition(epoch: "e", offset: 4))
        let text =
            #"{"type":"subscribe","channels":["topic:a"],"since":{"topic:a":{"epoch":"e","offset":9}}}"#
        guard case .subscribe(_, let positions, let pace) = try CommandDecoderTests.decode(text).get().body
        else {
            Issue.record("no subscribe"); return
        }
        #expect(positions == ["topic:a": StreamPosition(epoch: "e", offset: 9)])
        #expect(pace == .direct)
    }

    @Test("a subscription's pace is read; what is out of its bounds is refused by its field")
    func pace() throws {
        let text =
            #"{"type":"subscribe","channels":["price:A"],"min_interval_ms":100,"batch":true,"fields":["price"]}"#
        guard case .subscribe(_, _, let pace) = try CommandDecoderTests.decode(text).get().body else {
            Issue.record("no subscribe"); return
        }
        #expect(pace == DeliveryPace(intervalMilliseconds: 100, isBatched: true, fields: ["price"]))
        for (member, field) in [
            (#""min_interval_ms":-1"#, "min_interval_ms"), (#""min_interval_ms":60001"#, "min_interval_ms"),
            (#""min_interval_ms":"1""#, "min_interval_ms"), (#""batch":1"#, "batch"),
            (#""fields":[]"#, "fields"), (#""fields":[""]"#, "fields"), (#""fields":[1]"#, "fields"),
            (#""fields":\#(Array(repeating: "a", count: 17))"#, "fields"),
        ] {
            let result = CommandDecoderTests.decode(
                #"{"type":"subscribe","id":"1","channels":["price:A"],\#(member)}"#)
            guard case .failure(.refused(let error, _)) = result else {
                Issue.record("\(member) is taken"); continue
            }
            #expect(error.field == field)
        }
    }

    @Test("every code has a status, and every close code its side of 4500")
    func catalogues() {
        for code in ErrorCode.allCases { #expect((400...599).contains(code.httpStatus)) }
        for reason in ClosingReason.allCases { #expect((4000...4999).contains(reason.rawValue)) }
    }
}
