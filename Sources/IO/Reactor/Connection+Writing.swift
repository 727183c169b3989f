import Bytes
import Glibc

extension Connection {
    /// Sends bytes, or keeps what the kernel does not take now.
    public func write(_ bytes: Span<UInt8>) {
        guard isOpen, bytes.count > 0 else { return }
        if let tls {
            tls.send(bytes, loop)
            return sendRecords()
        }
        send(bytes)
    }

    /// Sends what a turn's buffer holds from a byte on, or keeps what the kernel does not take now.
    public func write(_ buffer: TurnBuffer, from start: Int) {
        buffer.bytes.withSpan { write($0.extracting(start...)) }
    }

    /// Sends several pieces with one system call, or keeps what the kernel does not take now.
    public func write(_ slices: [Slice]) {
        guard isOpen else { return }
        if slices.count == 1 {
            return slices[0].withSpan { write($0) }
        }
        if tls != nil {
            // Pieces of one turn become one record where they fit in it.
            return writeGathered(slices)
        }
        guard backlog.isEmpty else {
            for slice in slices { append(slice, from: 0) }
            return
        }
        var vector: [iovec] = unsafe []
        unsafe vector.reserveCapacity(min(slices.count, 64))
        for slice in slices.prefix(64) {
            slice.withSpan { span in
                // The buffers are not changed before sendmsg returns.
                unsafe span.withUnsafeBufferPointer { bytes in
                    let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                    unsafe vector.append(iovec(iov_base: start, iov_len: bytes.count))
                }
            }
        }
        switch unsafe Socket.send(descriptor, gathering: vector) {
        case .bytes(var sent):
            loop.counters.bytesSent += sent
            for slice in slices {
                let skipped = min(sent, slice.count)
                sent -= skipped
                append(slice, from: skipped)
            }
            updateInterest()
        case .failed(let code):
            doom(.failed(code))
        }
    }

    private func append(_ slice: Slice, from skipped: Int) {
        guard skipped < slice.count else { return }
        slice.withSpan(after: skipped) { backlog.append($0) }
    }

    private func writeGathered(_ slices: [Slice]) {
        var gathered = ByteBuffer(capacity: slices.reduce(0) { $0 + $1.count })
        for slice in slices { slice.withSpan { gathered.append($0) } }
        write(gathered.span)
    }

    func send(_ bytes: Span<UInt8>) {
        guard backlog.isEmpty else { return backlog.append(bytes) }
        switch Socket.send(descriptor, bytes) {
        case .bytes(let sent):
            loop.counters.bytesSent += sent
            guard sent < bytes.count else { return }
            backlog.append(bytes.extracting(sent..<bytes.count))
            updateInterest()
        case .failed(let code):
            doom(.failed(code))
        }
    }

    func writeBacklog() {
        if case .doomed = state { return }
        guard !backlog.isEmpty else { return updateInterest() }
        switch backlog.withSpan({ Socket.send(descriptor, $0) }) {
        case .bytes(let sent):
            loop.counters.bytesSent += sent
            backlog.consume(sent)
            drainedBytes += sent
            guard backlog.isEmpty else { return }
            backlog.release()
            updateInterest()
            if case .finishing = state { return closeOurHalf() }
            handler?.connectionDrained()
        case .failed(let code):
            doom(.failed(code))
        }
    }
}
