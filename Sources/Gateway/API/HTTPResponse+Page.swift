import Bytes
import ClientProtocol
import HTTP
import JSON
import Rooms
import Storage

extension HTTPResponse {
    /// A page of a list, as all lists are answered: `cursor` is null on the last page; `next` says the same to those who
    /// would rather have no member then.
    ///
    /// - Parameters:
    ///   - name: What the list is called.
    ///   - write: Writes an item as a value.
    ///   - members: Writes what else there is to say.
    static func page<Item>(
        _ name: StaticString, _ page: Page<Item>, _ write: (Item, inout JSONWriter) -> Void,
        members: (inout JSONWriter) -> Void = { _ in }
    ) -> HTTPResponse {
        var writer = JSONWriter(capacity: 128 + page.items.count * 256)
        writer.beginObject()
        writer.key(name)
        writer.beginArray()
        for item in page.items { write(item, &writer) }
        writer.endArray()
        members(&writer)
        writer.optional("cursor", page.cursor)
        writer.field("next", ifPresent: page.cursor)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}

extension APIRequest {
    /// Where the page before ended, in lists whose cursors are ids; nil for the first page.
    ///
    /// - Throws: ``ClientError`` for what is no id.
    var pageID: String? {
        get throws(ClientError) {
            let cursor = query("cursor")
            guard cursor.map(Identifier.isUUID) != false else {
                throw .invalid("cursor", "\"cursor\" is what the page before had as \"cursor\".")
            }
            return cursor
        }
    }
}
