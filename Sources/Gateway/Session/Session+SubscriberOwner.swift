import ClientProtocol
import PubSub
import Reactor

extension Session: SubscriberOwner {
    func replied() {
        outstanding -= 1
        closeIfAnswered()
    }

    func subscribed(to channel: String) {
        connection.isNewcomer = false
        // The room's own text in place of this connection's copy of it.
        if singleRoom == channel { singleRoom = channel }
        for command in rooms.joined(channel) { dispatch(command) }
        closeIfAnswered()
    }

    func subscriptionRefused(to channel: String) {
        for command in rooms.refused(channel) { dispatch(command) }
        closeIfAnswered()
    }

    func unsubscribed(from channel: String, cause: UnsubscribeCause) {
        guard cause != .requested else { return }
        rooms.left(channel)
        leaveBoard(of: channel)
        if cause == .banned, channel == singleRoom { close(.banned, "") }
    }

    func closeRequested(code: UInt16, reason: String) {
        if let known = ClosingReason(rawValue: code) {
            close(known, reason)
        } else {
            close(code: code, reason)
        }
    }

    func fellBehind() { close(.slow, "Come back and resume.") }
}
