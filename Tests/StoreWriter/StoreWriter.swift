import Bytes
import Glibc
import SQLiteStorage
import Storage

/// A process that writes to a store until it is killed, and says what was acknowledged: `room`, then a line of
/// `seq client-id` for each.
@main
enum StoreWriter {
    final class Printer: MessageLogDelegate {
        func committed(_ results: [AppendResult]) {
            var lines = ""
            for result in results {
                if case .appended(let event) = result.outcome, case .message(let message) = event.body {
                    lines += "\(event.seq) \(message.clientID ?? "")\n"
                }
            }
            print(lines, terminator: "")
            fflush(nil)
        }
    }

    static func main() async throws {
        guard CommandLine.arguments.count == 3 else { return }
        let database = try await SQLiteDatabase.open(directory: CommandLine.arguments[1])
        let rooms = RoomRepository(database: database)
        let room = RoomRecord(id: CommandLine.arguments[2], name: "storm", creatorID: "ann")
        _ = try await rooms.create(room, creatorName: "Ann")
        let log = MessageLog(database: database)
        log.setDelegate(Printer())
        let run = Identifier.short("r")
        var number = 0
        while true {
            for _ in 0..<50 {
                number += 1
                let message = NewMessage(
                    id: Identifier.uuid(), content: "message \(number)", clientID: "\(run)-\(number)")
                _ = log.append(
                    AppendRequest(
                        room: room.id, actor: Author(id: "ann", name: "Ann"), act: .message(message)))
            }
            await log.drain()
        }
    }
}
