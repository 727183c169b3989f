// A proxy before the server under test, over real HTTP: what tests see of the wire, cut, or answer in the server's place.

import { createServer, request } from 'node:http';
import { connect } from 'node:net';

export class Front {
    #rules = [];
    #sockets = new Set();
    #clients = new Set();
    /** What the server says over WebSockets, changed on its way: gets a message, returns one. */
    rewrite = message => message;

    static async start() {
        const front = new Front();
        front.calls = [];
        front.server = createServer((incoming, outgoing) => front.#pass(incoming, outgoing));
        front.server.on('upgrade', (incoming, socket, head) => front.#tunnel(incoming, socket, head));
        await new Promise(done => front.server.listen(0, '127.0.0.1', done));
        front.base = `http://127.0.0.1:${front.server.address().port}`;
        return front;
    }

    /** Where requests go from now on. */
    to(server) { this.target = new URL(server.base); }

    /**
     * Answers `method` at `/api/v1/` and `pattern` as `answer({ body, headers, path, match })` says: `{ status?, body?, headers? }`,
     * `'cut'` for a line that breaks within the server's answer, null for the server's own. The newest rule is asked first.
     * Returns what ends it.
     */
    on(method, pattern, answer) {
        const rule = { method, pattern: typeof pattern === 'string' ? new RegExp(`^/api/v1/${pattern}$`) : pattern, answer };
        this.#rules.unshift(rule);
        return () => { this.#rules = this.#rules.filter(one => one !== rule); };
    }

    /** Sends this to every page as the server's own push. */
    push(message) { for (const client of this.#clients) client.write(frame(Buffer.from(JSON.stringify(message)))); }

    /** How many requests of this kind came. */
    count(method, path) { return this.calls.filter(call => call.method === method && call.path === `/api/v1/${path}`).length; }

    async #pass(incoming, outgoing) {
        const chunks = [];
        for await (const chunk of incoming) chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        const path = new URL(incoming.url, this.base).pathname;
        const call = { method: incoming.method, path, headers: incoming.headers, body: parsed(bytes) };
        this.calls.push(call);
        let fate = null;
        for (const { method, pattern, answer } of this.#rules) {
            const match = method === call.method && path.match(pattern);
            if (match) fate = await answer({ ...call, match });
            if (fate) break;
        }
        if (fate && fate !== 'cut') return reply(outgoing, fate);
        const onward = request({ host: this.target.hostname, port: this.target.port, method: incoming.method, path: incoming.url, headers: incoming.headers }, answer => {
            outgoing.writeHead(answer.statusCode, answer.headers);
            // Cut any sooner, a browser would by itself send the same once more.
            if (fate === 'cut') return answer.resume().on('end', () => outgoing.write('{', () => outgoing.socket.destroy()));
            answer.pipe(outgoing);
        });
        onward.on('error', () => outgoing.socket?.destroy());
        onward.end(bytes);
    }

    #tunnel(incoming, socket, head) {
        const onward = connect(Number(this.target.port), this.target.hostname, () => {
            // Without extensions a text message is text on the wire.
            const headers = Object.entries(incoming.headers).filter(([name]) => name !== 'sec-websocket-extensions');
            onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
            onward.write(head);
            socket.pipe(onward);
        });
        let rest = Buffer.alloc(0);
        let isOpen = false;
        onward.on('data', chunk => {
            rest = Buffer.concat([rest, chunk]);
            if (!isOpen) {
                const end = rest.indexOf('\r\n\r\n') + 4;
                if (end < 4) return;
                socket.write(rest.subarray(0, end));
                rest = rest.subarray(end);
                isOpen = true;
                this.#clients.add(socket);
            }
            for (let size = sizeOf(rest); size && rest.length >= size.total; size = sizeOf(rest)) {
                const whole = rest.subarray(0, size.total);
                rest = rest.subarray(size.total);
                if (whole[0] !== 0x81) socket.write(whole);
                else socket.write(frame(Buffer.from(JSON.stringify(this.rewrite(JSON.parse(whole.subarray(size.head)))))));
            }
        });
        for (const one of [socket, onward]) {
            this.#sockets.add(one);
            one.on('error', () => {}).on('close', () => { socket.destroy(); onward.destroy(); this.#sockets.delete(one); this.#clients.delete(one); });
        }
    }

    /** Breaks every WebSocket. */
    cut() { for (const socket of this.#sockets) socket.destroy(); }

    async close() {
        this.cut();
        this.server.closeAllConnections();
        await new Promise(done => this.server.close(done));
    }
}

/** The length of the first frame's head, and of all of it; null while too little is there. */
function sizeOf(bytes) {
    if (bytes.length < 2) return null;
    const short = bytes[1] & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < head) return null;
    return { head, total: head + (short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))) };
}

/** A text message as a server sends it. */
function frame(payload) {
    const head = payload.length < 126 ? Buffer.from([0x81, payload.length]) : Buffer.alloc(payload.length < 65_536 ? 4 : 10);
    if (head.length === 4) { head[0] = 0x81; head[1] = 126; head.writeUInt16BE(payload.length, 2); }
    if (head.length === 10) { head[0] = 0x81; head[1] = 127; head.writeBigUInt64BE(BigInt(payload.length), 2); }
    return Buffer.concat([head, payload]);
}

function parsed(bytes) {
    try { return JSON.parse(bytes.toString()); } catch { return null; }
}

function reply(outgoing, { status = 200, body = null, headers = {} }) {
    const isProblem = status >= 400;
    outgoing.writeHead(status, { 'Content-Type': isProblem ? 'application/problem+json' : 'application/json', 'Cache-Control': 'no-store', ...headers });
    outgoing.end(body === null ? '' : JSON.stringify(isProblem ? { type: 'about:blank', title: body.code, status, request_id: 'r_stub', field: null, details: {}, ...body } : body));
}
