import Bytes
import ClientProtocol
import Identity
import JSON
import Prices
import PubSub
import Reactor
import Rooms

extension Session {
    /// Takes a price that a feed tells: `publish` to the symbol's channel. Its answer comes when it is durable.
    func tell(
        _ channel: String, _ data: [UInt8], _ id: String?, _ principal: Principal, _ handle: SubscriberHandle
    ) {
        let hub = gateway.context.rooms.hub
        let tick: Tick
        do throws(ClientError) {
            tick = try Session.tick(channel, data, principal)
        } catch {
            return refuse(error, id: id)
        }
        guard let prices = gateway.context.prices else {
            return refuse(.invalid("channel", "This server has no prices."), id: id)
        }
        let target = target(handle, id: id)
        prices.desk.post(
            .ticks([tick]) { receipt in
                if let refusal = receipt.refused.first { return target.refuse(refusal.error, over: hub) }
                target.answer(SessionReply.told(id: id, channel, isRepeat: receipt.repeated > 0), over: hub)
            })
    }

    private static func tick(
        _ channel: String, _ data: [UInt8], _ principal: Principal
    ) throws(ClientError) -> Tick {
        guard let symbol = Symbol(priceChannel: channel) else {
            throw .invalid("channel", "Ticks go to the channel of one symbol, as price:BTC-USD.")
        }
        guard principal.mayPublish(channel) else { throw principal.publishRefusal(channel) }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: data.span)
        } catch {
            throw .invalid("data", "A tick is a JSON object.")
        }
        guard value.object != nil else { throw .invalid("data", "A tick is a JSON object.") }
        do throws(TickFieldError) {
            return try Tick(value, of: symbol, source: principal.user)
        } catch {
            throw error.clientError
        }
    }
}

extension SessionReply {
    /// The `ack` of a tick.
    fileprivate static func told(id: String?, _ channel: String, isRepeat: Bool) -> ByteBuffer {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("type", "ack")
        writer.field("id", ifPresent: id)
        writer.field("channel", channel)
        if isRepeat { writer.field("duplicate", true) }
        writer.endObject()
        return writer.finish()
    }
}
