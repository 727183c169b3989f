// The smallest server of the library centrifuge: anybody connects, subscribes and publishes; no history, no
// presence, no join and leave messages. Arguments: PORT CERTIFICATE KEY DEFLATE.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/centrifugal/centrifuge"
	"github.com/gorilla/websocket"
)

const limitBytes = 64 << 20

func newNode() *centrifuge.Node {
	config := centrifuge.DefaultConfig
	config.LogLevel = centrifuge.LogLevelError
	config.LogHandler = func(entry centrifuge.LogEntry) { log.Print(entry.Message, entry.Fields) }
	config.ClientQueueMaxSize = limitBytes
	config.ClientChannelLimit = 10_000
	node, err := centrifuge.New(config)
	if err != nil {
		log.Fatal(err)
	}
	node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{Credentials: &centrifuge.Credentials{}}, nil
	})
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnSubscribe(func(_ centrifuge.SubscribeEvent, answer centrifuge.SubscribeCallback) {
			answer(centrifuge.SubscribeReply{}, nil)
		})
		client.OnPublish(func(_ centrifuge.PublishEvent, answer centrifuge.PublishCallback) {
			answer(centrifuge.PublishReply{}, nil)
		})
	})
	return node
}

// Returns every message as it is. This is gorilla/websocket, on which the library stands, not centrifuge.
func echo(deflates bool) http.HandlerFunc {
	upgrader := websocket.Upgrader{EnableCompression: deflates}
	return func(writer http.ResponseWriter, request *http.Request) {
		connection, err := upgrader.Upgrade(writer, request, nil)
		if err != nil {
			return
		}
		defer connection.Close()
		for {
			kind, data, err := connection.ReadMessage()
			if err != nil || connection.WriteMessage(kind, data) != nil {
				return
			}
		}
	}
}

func main() {
	port, certificate, key, deflates := os.Args[1], os.Args[2], os.Args[3], os.Args[4] == "1"
	node := newNode()
	if err := node.Run(); err != nil {
		log.Fatal(err)
	}
	http.Handle("/connection/websocket", centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		Compression:      deflates,
		CompressionLevel: 1,
		MessageSizeLimit: limitBytes,
		// A connection whose reader is busy is not cut, unlike after the default of one second.
		WriteTimeout: 30 * time.Second,
	}))
	http.HandleFunc("/echo", echo(deflates))
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	if certificate != "" {
		log.Fatal(http.ServeTLS(listener, nil, certificate, key))
	}
	log.Fatal(http.Serve(listener, nil))
}
