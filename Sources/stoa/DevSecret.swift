import Bytes
import Cryptography
import Glibc

/// A secret that the server makes once and keeps in its data directory, so that people stay signed in over a restart: with
/// `--dev`, and for its own tokens where no secret is configured.
enum DevSecret {
    /// Reads or makes it.
    ///
    /// - Throws: ``StartError`` where the directory cannot be written.
    static func load(directory: String, file: String = "dev-secret") throws -> [UInt8] {
        if let secret = stored(directory: directory, file: file) { return secret }
        let path = directory + "/" + file
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
    static func stored(directory: String, file: String = "dev-secret") -> [UInt8]? {
        guard let text = try? SettingsFile.contents(directory + "/" + file), text.utf8.count >= 32 else {
            return nil
        }
        return Array(text.utf8)
    }

}
