import Glibc

/// The kernel refused a call.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The `errno` value.
    public let code: CInt
    /// The call, as the manual names it.
    public let call: StaticString

    /// Records a refusal.
    public init(_ code: CInt, during call: StaticString) {
        self.code = code
        self.call = call
    }

    /// The same code and call.
    public static func == (a: SystemError, b: SystemError) -> Bool {
        a.code == b.code && a.call.description == b.call.description
    }

    /// The call and the kernel's own words.
    public var description: String { "\(call): \(SystemError.words(code))" }

    /// The C library's sentence for an `errno` value.
    public static func words(_ code: CInt) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
