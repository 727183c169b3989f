import Bytes
import ClientProtocol
import JSON

/// Decoder and JSON tree agree on what is a request; what is decoded is within the protocol's bounds.
public func fuzzCommandDecoder(_ bytes: [UInt8]) {
    // The connection has checked this before.
    guard String(utf8: bytes.span) != nil else { return }
    let tree = tree(bytes)
    do throws(CommandError) {
        let command = try CommandDecoder.decode(bytes.span, room: "r_own")
        require(tree.isReadable, "a request is JSON")
        require((1...ProtocolLimits.idBytes).contains(command.id?.utf8.count ?? 1), "ids are bounded")
        require((command.room?.utf8.count ?? 0) <= ProtocolLimits.idBytes, "rooms are bounded")
        if let value = tree.value { require(command.id == value["id"]?.string, "the id is the request's") }
        check(command.body)
    } catch {
        switch error {
        case .notAnObject: require(tree.value?.object == nil, "an object is not closed upon")
        case .refused(_, let id):
            require(tree.isReadable, "what is refused is JSON")
            require((id?.utf8.count ?? 0) <= ProtocolLimits.idBytes, "ids are bounded")
        }
    }
}

/// The tree refuses repeated names in depth as well, where a decoder passes over what it does not know.
private func tree(_ bytes: [UInt8]) -> (value: JSONValue?, isReadable: Bool) {
    do throws(JSONError) {
        let value = try JSONValue(parsing: bytes.span)
        return (value, value.object != nil)
    } catch {
        return (nil, error.reason == .duplicateKey)
    }
}

private func check(_ body: Command.Body) {
    switch body {
    case .post(_, let draft):
        require(draft.content.utf8.count <= ProtocolLimits.contentBytes, "contents are bounded")
        require((draft.mentions?.count ?? 0) <= ProtocolLimits.mentions, "mentions are bounded")
        require((draft.highlight?.utf8.count ?? 0) <= ProtocolLimits.highlightBytes, "highlights are bounded")
        require(!draft.content.utf8.contains(0), "no NUL is stored")
    case .edit(_, _, let content): require(!content.utf8.contains(0), "no NUL is stored")
    case .history(_, let request):
        require((1...ProtocolLimits.pageRows).contains(request.limit), "pages are bounded")
    case .subscribe(let channels, _, let pace):
        require((1...ProtocolLimits.channelsPerRequest).contains(channels.count), "lists are bounded")
        require(
            (0...ProtocolLimits.intervalMilliseconds).contains(pace.intervalMilliseconds), "paces are bounded"
        )
        require((pace.fields?.count ?? 1) <= ProtocolLimits.fields, "chosen fields are bounded")
    case .unsubscribe(let channels):
        require((1...ProtocolLimits.channelsPerRequest).contains(channels.count), "lists are bounded")
    case .publish(let channel, let data, _):
        require((1...ProtocolLimits.channelBytes).contains(channel.utf8.count), "names are bounded")
        var reader = JSONReader(data.span)
        do throws(JSONError) {
            _ = try reader.skipValue()
            try reader.end()
        } catch {
            require(false, "data is one JSON value")
        }
    default: break
    }
}
