import ClientProtocol
import Rooms
import Storage

extension Route {
    /// What the store answers, with its failures as clients see them.
    static func stored<R>(_ body: () async throws(StorageError) -> R) async throws(ClientError) -> R {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw error.clientError
        }
    }
}
