import ClientProtocol
import HTTP

extension APIRequest {
    /// Refuses what a form of another site's page can make a browser send: it can post, but not JSON.
    func requireJSON() throws(ClientError) {
        let type = headers["content-type"]?.split(separator: ";").first?.filter { $0 != " " }
        guard type?.lowercased() == MediaType.json.rawValue else {
            throw ClientError(.unsupportedMediaType, "The body must be application/json.")
        }
    }
}
