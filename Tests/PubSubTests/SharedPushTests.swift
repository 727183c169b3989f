import Foundation
import Testing

@testable import PubSub

@Suite("Pushes to people from other services")
struct SharedPushTests {
    @Test("what the server alone says is what the protocol lists")
    func reservedTypes() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "protocol/schemas")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let types = files.filter { $0.hasPrefix("server-") && $0.hasSuffix(".json") }
            .map { String($0.dropFirst("server-".count).dropLast(".json".count)) }
        #expect(types.count > 20)
        // Other services may say it too: theirs is not kept.
        for type in types where type != "notification" {
            #expect(SharedPush.reservedTypes.contains(type), "\(type)")
        }
    }

    @Test("a push of one of these types is reserved, another one is not")
    func reserved() {
        for (type, isReserved) in [("new_message", true), ("welcome", true), ("notification", false)] {
            let payload = Array(#"{"type":"\#(type)","user":"u_bob","members":{"seq":7}}"#.utf8)
            let push = SharedPush(payload.span)
            #expect(push?.isReserved == isReserved)
        }
    }
}
