import Bytes
import Glibc
import JSON
import Synchronization

/// The log: one JSON object per line on standard error; any thread.
///
/// A line never carries a token, a secret, a query or a text that somebody wrote: messages are our own words, requests
/// are named by their route.
public enum Log {
    private static let threshold = Atomic<UInt8>(LogLevel.info.rawValue)
    private static let repeats = Mutex(LogRepeats())

    /// The lowest level that is written; may be changed at any time.
    public static var level: LogLevel {
        get { LogLevel(rawValue: threshold.load(ordering: .relaxed)) ?? .info }
        set { threshold.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Whether lines of a level are written: for skipping what only serves them.
    public static func writes(_ level: LogLevel) -> Bool {
        level.rawValue >= threshold.load(ordering: .relaxed)
    }

    /// Writes a line of level debug; these are never held back as repetitions.
    public static func debug(
        _ message: @autoclosure () -> String, requestID: String? = nil, session: String? = nil
    ) {
        log(.debug, message, requestID, session)
    }

    /// Writes a line of level info.
    public static func info(
        _ message: @autoclosure () -> String, requestID: String? = nil, session: String? = nil
    ) {
        log(.info, message, requestID, session)
    }

    /// Writes a line of level notice.
    public static func notice(
        _ message: @autoclosure () -> String, requestID: String? = nil, session: String? = nil
    ) {
        log(.notice, message, requestID, session)
    }

    /// Writes a line of level warning.
    public static func warning(
        _ message: @autoclosure () -> String, requestID: String? = nil, session: String? = nil
    ) {
        log(.warning, message, requestID, session)
    }

    /// Writes a line of level error.
    public static func error(
        _ message: @autoclosure () -> String, requestID: String? = nil, session: String? = nil
    ) {
        log(.error, message, requestID, session)
    }

    /// Writes how often repeated lines were left out so far, as before the end.
    public static func flush() {
        let now = Timestamp.now().milliseconds
        write(repeats.withLock { $0.summaries(at: now, all: true) }, at: now)
    }

    private static func log(
        _ level: LogLevel, _ message: () -> String, _ requestID: String?, _ session: String?
    ) {
        guard writes(level) else { return }
        let message = message()
        let now = Timestamp.now().milliseconds
        let (isAdmitted, summaries) = repeats.withLock { repeats in
            let summaries = repeats.summaries(at: now)
            let key = LogRepeats.Key(level: level, message: message)
            return (level == .debug || repeats.admits(key, at: now), summaries)
        }
        write(summaries, at: now)
        guard isAdmitted else { return }
        write(line(level, message, at: now, requestID: requestID, session: session))
    }

    private static func write(_ summaries: [LogRepeats.Summary], at now: Int64) {
        for summary in summaries {
            write(line(summary.key.level, summary.key.message, at: now, leftOut: summary.leftOut))
        }
    }

    static func line(
        _ level: LogLevel, _ message: String, at now: Int64, requestID: String? = nil, session: String? = nil,
        leftOut: Int = 0
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("at", now)
        writer.field("level", level.name)
        writer.field("message", message)
        if let requestID { writer.field("request_id", requestID) }
        if let session { writer.field("session", session) }
        if leftOut > 0 { writer.field("left_out", leftOut) }
        writer.endObject()
        return [UInt8](writer.span) + [UInt8(ascii: "\n")]
    }

    private static func write(_ line: [UInt8]) {
        // One call for a line, so that those of several threads do not mix.
        _ = unsafe line.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
