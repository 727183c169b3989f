import Foundation

/// What a loop that only inserts commits on the same disk: `stoa-store-bench bare`, a process of its own on the
/// server's processor.
struct BareStore {
    /// The built `stoa-store-bench`.
    var program: String
    var processor: Int?

    /// Messages a second with so many to a transaction.
    ///
    /// - Throws: ``LoadError`` where the program is missing or says nothing.
    func messagesPerSecond(in directory: String, rooms: Int, group: Int) throws -> Double {
        let binding = processor.map { ["taskset", "-c", "\($0)"] } ?? []
        let pipe = Pipe()
        let process = try Spawn.start(
            binding + [program, "bare", directory, "\(rooms)", "\(group)"],
            ProcessInfo.processInfo.environment, output: pipe.fileHandleForWriting.fileDescriptor)
        try pipe.fileHandleForWriting.close()
        var lines = LineSource(pipe.fileHandleForReading.fileDescriptor)
        var result: Double?
        while let line = lines.next() {
            if line.hasPrefix("messages/s: ") { result = Double(line.dropFirst(12)) }
        }
        guard Spawn.wait(process) == 0, let result else {
            throw LoadError("\(program) did not run: build it with swift build -c release")
        }
        return result
    }
}
