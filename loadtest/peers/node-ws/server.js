// The usual ws server: a map from channel to its sockets, a loop of `send` over them.
'use strict';
const { readFileSync } = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { WebSocketServer } = require('ws');

const [port, certificate, key, deflate] = process.argv.slice(2);
const server = certificate
    ? https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) })
    : http.createServer();
const sockets = new WebSocketServer({
    server,
    // No context is kept on either side, as with the other peers.
    perMessageDeflate: deflate === '1' && {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        threshold: 0,
    },
    maxPayload: 64 * 1024 * 1024,
});
const channels = new Map();

function subscribe(socket, name) {
    let members = channels.get(name);
    if (!members) channels.set(name, (members = new Set()));
    members.add(socket);
    socket.channels.add(name);
    socket.send('s');
}

function publish(text) {
    const space = text.indexOf(' ');
    const members = channels.get(text.slice(1, space));
    if (!members) return;
    const payload = Buffer.from(text.slice(space + 1));
    for (const member of members) member.send(payload, { binary: false });
}

function leave(socket) {
    for (const name of socket.channels) {
        const members = channels.get(name);
        members.delete(socket);
        if (members.size === 0) channels.delete(name);
    }
}

sockets.on('connection', (socket, request) => {
    socket.on('error', () => {});
    if (request.url === '/echo') {
        socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
        return;
    }
    socket.channels = new Set();
    socket.on('close', () => leave(socket));
    socket.on('message', (data) => {
        const text = data.toString();
        if (text[0] === 'S') subscribe(socket, text.slice(1));
        else if (text[0] === 'P') publish(text);
        else if (text[0] === 'R') socket.send('r');
    });
});

server.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 }, () => console.log('ready'));
