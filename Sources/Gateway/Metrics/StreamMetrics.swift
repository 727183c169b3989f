import Prices
import PubSub
import Rooms
import Telemetry

extension ServerReport {
    /// Fan-out, rooms and topics.
    func writeStreams(_ text: inout Exposition) {
        writeFanOut(&text)
        writeRooms(&text)
        writeReceipts(&text)
        text.begin(
            Metric("stoa_topics", .gauge, "Topics, and people's own channels with a position, in memory."))
        text.sample(sum { $0.topics?.topics ?? 0 }, ["kind": "topic"])
        text.sample(sum { $0.topics?.personal ?? 0 }, ["kind": "personal"])
        text.add(
            Metric("stoa_topic_publications_total", .counter, "Publications accepted on topics."),
            sum { $0.topics?.publications ?? 0 })
        writePrices(&text)
        writeRecovery(&text)
    }

    private func writePrices(_ text: inout Exposition) {
        text.add(
            Metric("stoa_price_symbols", .gauge, "Symbols that have a price."),
            sum { $0.prices?.symbols ?? 0 })
        text.begin(Metric("stoa_ticks_total", .counter, "Ticks told, by what became of them."))
        text.sample(sum { $0.prices?.accepted ?? 0 }, ["outcome": "accepted"])
        text.sample(sum { $0.prices?.repeated ?? 0 }, ["outcome": "repeated"])
        text.sample(sum { $0.prices?.refused ?? 0 }, ["outcome": "refused"])
        text.add(
            Metric(
                "stoa_late_ticks_total", .counter,
                "Ticks accepted that came too late to be in a candle."),
            sum { $0.prices?.late ?? 0 })
    }

    private func writeFanOut(_ text: inout Exposition) {
        text.begin(
            Metric(
                "stoa_publications_total", .counter,
                "Frames sent to channels, counted on each loop that has subscribers, by delivery class."))
        for part in DeliveryClass.allCases {
            text.sample(sum { $0.hub.publications[part] }, ["class": part.name])
        }
        text.begin(
            Metric(
                "stoa_deliveries_total", .counter, "Frames of channels times subscribers, by delivery class."
            ))
        for part in DeliveryClass.allCases {
            text.sample(sum { $0.hub.deliveries[part] }, ["class": part.name])
        }
        text.add(
            Metric(
                "stoa_replies_total", .counter,
                "Frames for one connection alone: replies, pings, what a joining client gets first."),
            sum { $0.hub.replies })
        text.add(
            Metric(
                "stoa_slow_closes_total", .counter, "Connections closed because their backlog was full."),
            sum { $0.hub.slowCloses })
        text.add(
            Metric("stoa_dropped_hints_total", .counter, "Typing and the like left out for lagging readers."),
            sum { $0.hub.droppedHints })
        text.add(
            Metric(
                "stoa_held_presence_total", .counter,
                "Presence left out for lagging readers, each replaced later by the newest state."),
            sum { $0.hub.heldPresence })
        text.add(
            Metric(
                "stoa_replaced_values_total", .counter,
                "Values that a newer one replaced for a reader that lagged or wanted fewer messages."),
            sum { $0.hub.replacedValues })
    }

    private func writeRooms(_ text: inout Exposition) {
        text.add(
            Metric("stoa_rooms", .gauge, "Rooms in memory: used in the last minute."), sum { $0.rooms.rooms })
        text.add(
            Metric(
                "stoa_present_people", .gauge,
                "People present, once in each of their rooms; those within the grace too."),
            sum { $0.rooms.people })
        text.add(
            Metric("stoa_room_joins_total", .counter, "Connections that joined a room."),
            sum { $0.rooms.joins })
        text.begin(
            Metric("stoa_room_leaves_total", .counter, "Connections that left a room, by reason."))
        let leaves = sums { $0.rooms.leaves }
        for departure in RoomCounters.Departure.allCases {
            text.sample(leaves[departure] ?? 0, ["reason": departure.rawValue])
        }
    }

    private func writeReceipts(_ text: inout Exposition) {
        text.begin(
            Metric("stoa_receipts_total", .counter, "Receipts told to senders who asked for them, by status.")
        )
        text.sample(sum { $0.rooms.receipts.delivered }, ["status": "delivered"])
        text.sample(sum { $0.rooms.receipts.read }, ["status": "read"])
    }

    private func writeRecovery(_ text: inout Exposition) {
        text.begin(
            Metric("stoa_ring_bytes", .gauge, "Bytes kept in memory for clients that come back."))
        text.sample(sum { $0.rooms.ringBytes }, ["of": "rooms"])
        text.sample(sum { $0.topics?.ringBytes ?? 0 }, ["of": "topics"])
        text.begin(
            Metric("stoa_replayed_total", .counter, "Events sent again to clients that came back."))
        text.sample(sum { $0.rooms.replayed }, ["of": "rooms"])
        text.sample(sum { $0.topics?.replayed ?? 0 }, ["of": "topics"])
        text.add(
            Metric(
                "stoa_room_healed_events_total", .counter,
                "Events of other processes that were read from the store, since the broker did not bring them."
            ),
            sum { $0.rooms.healed })
        text.add(
            Metric(
                "stoa_topic_healed_publications_total", .counter,
                "Publications that were read from Redis, since its channel did not bring them."),
            sum { $0.topics?.healed ?? 0 })
        text.add(
            Metric(
                "stoa_broker_foreign_refused_total", .counter,
                "Messages on broker channels of rooms and topics that are not as they have to be."),
            sum { $0.rooms.foreignRefused + ($0.topics?.foreignRefused ?? 0) })
        text.begin(
            Metric(
                "stoa_gaps_total", .counter, "Clients that could not get what they missed, by reason."))
        let gaps = sums { $0.rooms.gaps }
        for reason in ["limit", "retention", "epoch"] {
            text.sample(gaps[reason] ?? 0, ["of": "rooms", "reason": reason])
        }
        text.sample(sum { $0.topics?.limitGaps ?? 0 }, ["of": "topics", "reason": "limit"])
        text.sample(sum { $0.topics?.epochGaps ?? 0 }, ["of": "topics", "reason": "epoch"])
    }
}
