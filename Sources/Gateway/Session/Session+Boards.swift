import Achievements
import ClientProtocol
import Identity
import PubSub
import Reactor
import Rooms

extension Session {
    /// Somebody who is not in a room any more hears no more of its leaderboard.
    func leaveBoard(of room: String) {
        let channel = BoardName.room(room).channel
        guard let handle, topics.remove(channel) != nil else { return }
        postTopics(.unsubscribe(handle, channels: [channel], id: nil))
    }

    /// Looks again whether who reads events may see the leaderboards of rooms: they are in none here, so nothing else
    /// would tell. Where that cannot be said at the moment they go on.
    func judgeBoards() {
        let rooms = topics.compactMap { BoardName(channel: $0)?.room }
        guard let principal, !rooms.isEmpty else { return }
        let (service, topics) = (gateway.context.service, gateway.context.topics)
        Task {
            for room in rooms {
                do throws(ClientError) {
                    try await service.checkMember(principal, room)
                } catch {
                    guard error.code != .unavailable else { continue }
                    topics.post(.revoke(channel: BoardName.room(room).channel, users: [principal.inbox]))
                }
            }
        }
    }
}
