import Bytes
import Cryptography
import Glibc

/// The secret of a server that somebody tries with `--dev`: made once, kept in the data directory, so that people stay
/// signed in over a restart.
enum DevSecret {
    /// Reads or makes it.
    ///
    /// - Throws: ``StartError`` where the directory cannot be written.
    static func load(directory: String) throws -> [UInt8] {
        if let secret = stored(directory: directory) { return secret }
        let path = path(directory)
        _ = unsafe mkdir(directory, 0o700)
        let text = Base64.encodeURL(RandomBytes.make(32).span)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StartError("cannot write \(path): \(unsafe String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let written = unsafe Array(text.utf8).withUnsafeBytes {
            unsafe write(descriptor, $0.baseAddress, $0.count)
        }
        guard written == text.utf8.count else { throw StartError("cannot write \(path)") }
        return Array(text.utf8)
    }

    /// The one that a server has made in a directory, or nil.
    static func stored(directory: String) -> [UInt8]? {
        guard let text = try? SettingsFile.contents(path(directory)), text.utf8.count >= 32 else {
            return nil
        }
        return Array(text.utf8)
    }

    private static func path(_ directory: String) -> String { directory + "/dev-secret" }
}
