// A proxy before the server under test, over real HTTP: what tests see of the wire, cut, or answer in the server's place.

import { createServer, request } from 'node:http';
import { connect } from 'node:net';

export class Front {
    #rules = [];
    #sockets = new Set();

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
            const lines = incoming.rawHeaders.reduce((text, part, i) => text + (i % 2 ? `: ${part}\r\n` : part), '');
            onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines}\r\n`);
            onward.write(head);
            socket.pipe(onward).pipe(socket);
        });
        for (const one of [socket, onward]) {
            this.#sockets.add(one);
            one.on('error', () => {}).on('close', () => { socket.destroy(); onward.destroy(); this.#sockets.delete(one); });
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

function parsed(bytes) {
    try { return JSON.parse(bytes.toString()); } catch { return null; }
}

function reply(outgoing, { status = 200, body = null, headers = {} }) {
    const isProblem = status >= 400;
    outgoing.writeHead(status, { 'Content-Type': isProblem ? 'application/problem+json' : 'application/json', 'Cache-Control': 'no-store', ...headers });
    outgoing.end(body === null ? '' : JSON.stringify(isProblem ? { type: 'about:blank', title: body.code, status, request_id: 'r_stub', field: null, details: {}, ...body } : body));
}
