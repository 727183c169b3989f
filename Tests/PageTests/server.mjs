// The server under test, with a data directory of its own, and what tests ask of it over HTTP.

import { execFile, spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Tests that need the server are skipped without one. */
export const skip = process.env.SERVER_BIN ? false : 'SERVER_BIN is not set';

/** Without what is meant for the tests: the server refuses settings that it does not know. A person's pace is not tried here. */
const environment = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(STOA_|PG)/.test(name))),
    STOA_LIMITS_COMMANDS_PER_SECOND: '0', STOA_LIMITS_CONNECTIONS_PER_ADDRESS: '0', STOA_LIMITS_ROOMS_PER_HOUR: '0',
    STOA_DRAIN_WINDOW_MS: '0',
};

const base64 = value => Buffer.from(JSON.stringify(value)).toString('base64url');

export class Server {
    #data = mkdtempSync(join(tmpdir(), 'stoa-data-'));
    #port = 0;
    #secret = randomUUID();
    #isDev = true;
    #settings = {};
    #more = [];

    /** `settings` by their variables' names without `STOA_`; `more` goes to the command line. */
    static async start({ isDev = true, settings = {}, more = [] } = {}) {
        const server = new Server();
        server.#isDev = isDev;
        server.#more = more;
        for (const [name, value] of Object.entries(settings)) server.#settings[`STOA_${name}`] = String(value);
        await server.start();
        return server;
    }

    /** Starts it; a second time on the port of the first, so that open pages find it again. */
    async start() {
        this.process = spawn(process.env.SERVER_BIN, ['serve', '--host', '127.0.0.1', '--port', String(this.#port), '--data-dir', this.#data, ...this.#isDev ? ['--dev'] : [], ...this.#more],
            { stdio: ['ignore', 'pipe', process.env.VERBOSE ? 'inherit' : 'ignore'], env: { ...environment, STOA_JWT_SECRET: this.#secret, ...this.#settings } });
        let said = '';
        await new Promise((resolve, reject) => {
            this.process.once('exit', code => reject(new Error(`the server ended with ${code} before it listened; it said: ${said}`)));
            this.process.stdout.setEncoding('utf8').on('data', text => {
                said += text;
                this.base = said.match(/^listening on (http:\S+)/m)?.[1];
                this.link = said.match(/^open (\S+#token=\S+)/m)?.[1];
                if (this.base && (this.link || !this.#isDev)) resolve();
            });
        });
        this.#port = Number(new URL(this.base).port);
    }

    async stop(signal = 'SIGTERM') {
        if (this.process.exitCode !== null || this.process.signalCode) return;
        const gone = new Promise(resolve => this.process.once('exit', resolve));
        this.process.kill(signal);
        await gone;
    }

    async close() {
        await this.stop();
        rmSync(this.#data, { recursive: true, force: true });
    }

    async call(method, path, body, person) {
        const response = await fetch(`${this.base}/api/v1/${path}`, {
            method, body: body && JSON.stringify(body),
            headers: { ...body && { 'Content-Type': 'application/json' }, ...person && { Authorization: `Bearer ${person.token}` } },
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
        return text ? JSON.parse(text) : null;
    }

    sign(claims) {
        const text = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64({ exp: Math.floor(Date.now() / 1000) + 3_600, ...claims })}`;
        return `${text}.${createHmac('sha256', this.#secret).update(text).digest('base64url')}`;
    }

    /** A person as a site of one's own would sign them in. */
    person(name, claims = {}) {
        const id = `u_${name.toLowerCase().replaceAll(/[^a-z]/g, '').slice(0, 20)}_${randomUUID().slice(0, 8)}`;
        return { id, name, token: this.sign({ sub: id, name, ...claims }) };
    }

    /** A service key, as the operator makes one. */
    async key(scope) {
        const { stdout } = await promisify(execFile)(process.env.SERVER_BIN, ['key', 'create', '--name', 'test', '--scope', scope, '--data-dir', this.#data], { env: environment });
        return { token: JSON.parse(stdout).key };
    }

    async room(owner, fields = {}) {
        const room = await this.call('POST', 'rooms', { name: 'Linear algebra', type: 'public', description: 'Strang, chapters 1–7', ...fields }, owner);
        return room.id;
    }

    /** Posts a message without a page; answers with its ack. */
    say(person, room, content, more = {}) {
        return this.call('POST', `rooms/${room}/messages`, { content, client_id: randomUUID(), ...more }, person);
    }

    /** The address that puts a person into a room. */
    linkFor(person) { return `${this.base}/#token=${person.token}`; }
}

/** Opens the room for the person in a window of their own, and waits until they are in. */
export async function enter(browser, server, person, room, options) {
    const page = await browser.open(server.linkFor(person), options);
    await page.finds('.rail, .main');
    await page.run(id => { location.hash = `#/${id}`; }, room);
    await inRoom(page);
    return page;
}

export const inRoom = page => page.until('the room', () => document.querySelector('.beginning, .message') && document.querySelector('.dot.is-live'));
/** Waits until the room shows exactly these messages, all of them sent: lists beside it may have known them earlier. */
export const showsMessages = (page, texts) => page.until(`the messages ${JSON.stringify(texts)}`, wanted => {
    const shown = [...document.querySelectorAll('.room .message .text, .room .message .tombstone')].map(one => one.innerText.trim().replace(/\s+/g, ' '));
    return JSON.stringify(shown) === JSON.stringify(wanted) && !document.querySelector('.is-outgoing');
}, texts);
