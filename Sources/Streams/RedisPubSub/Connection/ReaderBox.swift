/// A box, since a class' optional field holds no noncopyable value that is borrowed across calls.
final class ReaderBox {
    let reader: ReplyReader

    init?() {
        guard let reader = ReplyReader() else { return nil }
        self.reader = reader
    }
}
