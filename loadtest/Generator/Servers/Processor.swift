import CLinux

/// Which processor we run on.
enum Processor {
    /// Binds this thread, and those that it starts from now on, to one.
    static func bind(to number: Int) throws {
        guard stoa_bind_to_processor(CInt(number)) == 0 else {
            throw LoadError("there is no processor \(number)")
        }
    }
}
