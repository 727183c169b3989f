// node --test. The first part plays the server with a scripted socket and a clock that is moved by hand; the second talks to a real
// one, when SERVER_URL (http://127.0.0.1:8080) and SERVER_SECRET (its HS256 secret) are set.

import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { StoaClient, StoaError, tokenClaims } from './stoa.js';

const ROOM = '0198-room';

/** A clock that moves only when told to. */
class ManualClock {
    #timers = new Map();
    #ids = 0;
    time = 1_763_712_000_000;

    now = () => this.time;
    setTimeout = (run, ms) => { this.#timers.set(++this.#ids, { run, at: this.time + Math.max(0, ms) }); return this.#ids; };
    clearTimeout = id => { this.#timers.delete(id); };

    async advance(ms) {
        const end = this.time + ms;
        for (;;) {
            const [id, timer] = [...this.#timers].filter(([, one]) => one.at <= end).sort((a, b) => a[1].at - b[1].at)[0] ?? [];
            if (!timer) break;
            this.#timers.delete(id);
            this.time = Math.max(this.time, timer.at);
            timer.run();
            await settle();
        }
        this.time = end;
        await settle();
    }

    /** The machine sleeps: time passes, no timer runs. */
    sleep(ms) { this.time += ms; }
}

/** Lets every promise that can go on go on. */
const settle = async () => { for (let i = 0; i < 20; i++) await null; };

class MemoryStorage {
    items = new Map();
    get length() { return this.items.size; }
    key(at) { return [...this.items.keys()][at]; }
    getItem(key) { return this.items.get(key) ?? null; }
    setItem(key, value) { this.items.set(key, value); }
    removeItem(key) { this.items.delete(key); }
}

/** A browser's surroundings: a page that can be hidden, a network that can go. */
class Surroundings extends EventTarget {
    document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
}

/** Plays the server: every socket that the client opens is here, with what it sent. */
function stage({ token = 'header.e30.sig', storage = new MemoryStorage(), random = () => 1, ...more } = {}) {
    const clock = new ManualClock();
    const sockets = [];
    class FakeSocket {
        bufferedAmount = 0;
        sent = [];
        constructor(url, protocols) { Object.assign(this, { url, protocols }); sockets.push(this); }
        send(text) { this.sent.push(JSON.parse(text)); }
        close() { this.isClosed = true; }
        async opens() { this.readyState = 1; this.onopen?.({}); await settle(); }
        async pushes(message) { this.onmessage?.({ data: JSON.stringify(message) }); await settle(); }
        async drops(code = 1006, reason = '') { this.onclose?.({ code, reason }); await settle(); }
        last(type) { return this.sent.findLast(message => message.type === type); }
        all(type) { return this.sent.filter(message => message.type === type); }
        async replies(type, reply) { await this.pushes({ id: this.last(type).id, ...reply }); }
        async refuses(type, code, fields = {}) { await this.replies(type, { type: 'error', code, message: `${code}.`, request_id: 'r_1', field: null, ...fields }); }
        async welcomes(fields = {}) {
            await this.opens();
            await this.pushes({ type: 'welcome', id: '0', session: 's_1', user: { id: 'u_ann', name: 'Ann' }, at: clock.now(), ping_ms: 25_000, limits: { message_bytes: 65_536 }, ...fields });
        }
        async joins(fields = {}) {
            await this.replies('join', { type: 'joined', room: { id: ROOM, name: 'Algebra', type: 'public' }, role: 'member', epoch: 'k1', seq: 0, people: [], people_count: 1, read_seq: 0, unread: 0, recovered: false, messages: [], ...fields });
        }
        async says(seq, content = `m${seq}`, fields = {}) {
            await this.pushes({ type: 'new_message', room: ROOM, seq, at: clock.now(), message: { id: `id${seq}`, author: { id: 'u_bob', name: 'Bob' }, content, mentions: [], ...fields } });
        }
    }
    const surroundings = new Surroundings();
    const client = new StoaClient({ url: 'ws://stoa/ws', token, WebSocket: FakeSocket, storage, clock, random, surroundings, ...more });
    return { client, clock, sockets, storage, surroundings, get socket() { return sockets.at(-1); } };
}

/** A client that is live and in the room, with everything that the room's listeners heard. */
async function inRoom(options = {}, joined = {}) {
    const scene = stage(options);
    const room = scene.client.room(ROOM);
    const heard = [];
    room.on('event', push => heard.push(push.seq));
    room.on('reset', ({ messages, why }) => heard.push(`${why}:${messages.map(message => message.seq)}`));
    scene.client.connect();
    await settle();
    await scene.socket.welcomes();
    room.join({ history: 10 });
    await settle();
    await scene.socket.joins(joined);
    heard.length = 0;
    return { ...scene, get socket() { return scene.sockets.at(-1); }, room, heard };
}

describe('connecting', () => {
    test('the first message is auth with the token', async () => {
        const scene = stage({ token: async () => 'fresh' });
        scene.client.connect();
        await settle();
        await scene.socket.opens();
        assert.deepEqual(scene.socket.protocols, ['stoa.v1']);
        assert.deepEqual(scene.socket.sent, [{ type: 'auth', id: '0', token: 'fresh' }]);
        assert.equal(scene.client.state.name, 'connecting');
    });

    test('the delay before each try doubles from 0.5 to 20 s, with full jitter', async () => {
        const scene = stage({ random: () => 1 });
        const delays = [];
        scene.client.on('state', state => { if (state.retryAt) delays.push(state.retryAt - scene.clock.now()); });
        scene.client.connect();
        await settle();
        for (let i = 0; i < 8; i++) {
            await scene.socket.drops();
            await scene.clock.advance(delays.at(-1));
        }
        assert.deepEqual(delays, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
        const lucky = stage({ random: () => 0.25 });
        lucky.client.connect();
        await settle();
        await lucky.socket.drops();
        assert.equal(lucky.client.state.retryAt - lucky.clock.now(), 125);
    });

    test('a connection that lasted starts the delays anew', async () => {
        const scene = stage();
        scene.client.connect();
        await settle();
        for (let i = 0; i < 4; i++) { await scene.socket.drops(); await scene.clock.advance(20_000); }
        await scene.socket.welcomes();
        await scene.clock.advance(6_000);
        await scene.socket.drops();
        assert.equal(scene.client.state.retryAt - scene.clock.now(), 500);
    });

    test('a reconnect hint sets the delay', async () => {
        const scene = stage();
        scene.client.connect();
        await settle();
        await scene.socket.welcomes();
        await scene.socket.pushes({ type: 'reconnect', after_ms: 3_210 });
        await scene.socket.drops(4000, 'going away');
        assert.equal(scene.client.state.retryAt - scene.clock.now(), 3_210);
        assert.equal(scene.client.state.reason, 'going_away');
    });

    test('a server that goes away is left once another one answers, and not before', async () => {
        const scene = stage();
        const states = [];
        scene.client.on('state', ({ name }) => states.push(name));
        scene.client.connect();
        await settle();
        const old = scene.socket;
        await old.welcomes();
        const room = scene.client.room(ROOM);
        room.join().catch(() => {});
        await settle();
        await old.joins();
        await old.pushes({ type: 'reconnect', after_ms: 2_000 });
        await scene.clock.advance(1_999);
        assert.equal(scene.sockets.length, 1);
        // Nobody is there yet: we stay, and talk on.
        await scene.clock.advance(1);
        assert.equal(scene.sockets.length, 2);
        await scene.socket.drops();
        room.send('still here');
        await settle();
        assert.equal(old.last('chat_message').content, 'still here');
        await old.replies('chat_message', { type: 'ack', room: ROOM, seq: 1, message_id: 'm1', at: scene.clock.now() });
        await old.says(1, 'still here', { author: { id: 'u_ann', name: 'Ann' } });
        assert.equal(scene.client.ready, true);
        await scene.clock.advance(2_000);
        assert.equal(scene.sockets.length, 3);
        // Somebody answers while a request is on its way: its reply is waited for.
        const asked = room.history({ limit: 10 });
        await settle();
        await scene.socket.opens();
        assert.ok(!old.isClosed);
        assert.equal(scene.socket.last('auth'), undefined);
        await old.replies('history', { type: 'history', room: ROOM, messages: [], more_before: false, more_after: false });
        await asked;
        await scene.clock.advance(50);
        assert.ok(old.isClosed);
        assert.ok(scene.socket.last('auth'));
        await scene.socket.welcomes();
        assert.equal(scene.socket.last('join').since.seq, 1);
        await scene.socket.joins({ seq: 1, recovered: true });
        assert.equal(scene.client.state.name, 'live');
        assert.ok(!states.includes('offline'), states.join());
        await scene.clock.advance(60_000);
        assert.equal(scene.sockets.filter(one => one.all('auth').length).length, 2);
    });

    test('where nobody answers before the server is gone, one comes back by chance, not all at once', async () => {
        const scene = stage();
        scene.client.connect();
        await settle();
        await scene.socket.welcomes();
        const old = scene.socket;
        await old.pushes({ type: 'reconnect', after_ms: 1_000 });
        await scene.clock.advance(1_000);
        await scene.socket.drops();
        await scene.clock.advance(500);
        await old.drops(4000, 'going_away');
        assert.equal(scene.client.state.retryAt - scene.clock.now(), 500);
        // A second hint has the word: hurried, one has less time.
        await scene.clock.advance(500);
        await scene.socket.welcomes();
        await scene.socket.pushes({ type: 'reconnect', after_ms: 9_000 });
        await scene.socket.pushes({ type: 'reconnect', after_ms: 300 });
        await scene.socket.drops(4000, 'going_away');
        assert.equal(scene.client.state.retryAt - scene.clock.now(), 300);
    });

    for (const [code, name, reason] of [[4500, 'stopped', 'protocol_violation'], [4501, 'signed_out', 'token_invalid'], [4502, 'signed_out', 'token_revoked'],
        [4503, 'removed', 'banned'], [4504, 'stopped', 'replaced'], [4505, 'stopped', 'too_many_connections'], [4506, 'stopped', 'auth_timeout'],
        [1002, 'stopped', 'protocol_error'], [1003, 'stopped', 'unsupported_data'], [1007, 'stopped', 'invalid_payload'], [1009, 'stopped', 'message_too_big']]) {
        test(`close code ${code} is not come back from: ${reason}`, async () => {
            const scene = stage();
            scene.client.connect();
            await settle();
            await scene.socket.welcomes();
            await scene.socket.drops(code);
            assert.equal(scene.client.state.name, name);
            assert.equal(scene.client.state.reason, reason);
            assert.equal(scene.client.state.code, code);
            await scene.clock.advance(120_000);
            assert.equal(scene.sockets.length, 1);
            scene.client.connect();
            await settle();
            assert.equal(scene.sockets.length, 2);
        });
    }

    for (const code of [4001, 4002, 4003, 4004, 4005, 1001, 1006, 1011]) {
        test(`close code ${code} is come back from`, async () => {
            const scene = stage({ token: () => 'token' });
            scene.client.connect();
            await settle();
            await scene.socket.welcomes();
            await scene.socket.drops(code);
            await scene.clock.advance(500);
            assert.equal(scene.sockets.length, 2);
        });
    }

    test('an expired token that cannot be renewed signs out', async () => {
        const scene = stage({ token: 'fixed' });
        scene.client.connect();
        await settle();
        await scene.socket.welcomes();
        await scene.socket.drops(4001);
        assert.equal(scene.client.state.name, 'signed_out');
    });

    test('a token source that says "signed out" ends it; one that fails is asked again', async () => {
        let answer = () => { throw new Error('network'); };
        const scene = stage({ token: () => answer() });
        scene.client.connect();
        await settle();
        assert.equal(scene.client.state.name, 'offline');
        answer = () => { throw new StoaError({ code: 'token_expired' }); };
        await scene.clock.advance(500);
        assert.equal(scene.client.state.name, 'signed_out');
    });

    test('the token is renewed before it expires', async () => {
        let issued = 0;
        const scene = stage({ token: () => `token${++issued}` });
        scene.client.connect();
        await settle();
        await scene.socket.welcomes({ expires_at: scene.clock.now() + 900_000 });
        const beat = async () => { await scene.clock.advance(20_000); await scene.socket.pushes({ type: 'noise' }); };
        for (let i = 0; i < 40; i++) await beat();
        assert.equal(scene.socket.all('auth').length, 1);
        await beat();
        assert.equal(scene.socket.last('auth').token, 'token2');
    });

    test('token_expiring renews at once, whatever this clock says', async () => {
        let issued = 0;
        const scene = stage({ token: () => `token${++issued}` });
        scene.client.connect();
        await settle();
        // Our clock is an hour behind the server's.
        await scene.socket.welcomes({ expires_at: scene.clock.now() + 4_500_000 });
        await scene.socket.pushes({ type: 'token_expiring', expires_at: scene.clock.now() + 3_660_000 });
        assert.equal(scene.socket.last('auth').token, 'token2');
        assert.equal(scene.client.state.name, 'live');
    });
});

test('an error that answers nothing and names a room is a warning of that room', async () => {
    const { client, socket } = await inRoom();
    const heard = [];
    client.room(ROOM).on('warning', error => heard.push(`room ${error.code}`));
    client.on('error', error => heard.push(`client ${error.code}`));
    await socket.pushes({ type: 'error', room: ROOM, code: 'gate_unverified', message: 'It cannot be checked.', request_id: 'r_1' });
    assert.deepEqual(heard, ['room gate_unverified', 'client gate_unverified']);
    assert.equal(client.room(ROOM).joined, true);
});

describe('a line that is dead without a word', () => {
    test('silence is asked about, and no answer within 8 s is a loss', async () => {
        const scene = stage();
        scene.client.connect();
        await settle();
        await scene.socket.welcomes();
        await scene.clock.advance(30_000);
        assert.equal(scene.socket.all('ping').length, 0);
        await scene.clock.advance(6_000);
        assert.equal(scene.socket.all('ping').length, 1);
        await scene.clock.advance(6_900);
        assert.equal(scene.client.state.name, 'live');
        await scene.clock.advance(200);
        assert.equal(scene.client.state.name, 'offline');
        assert.equal(scene.sockets[0].isClosed, true);
    });

    test('an answer keeps it', async () => {
        const scene = stage();
        scene.client.connect();
        await settle();
        await scene.socket.welcomes();
        for (let i = 0; i < 10; i++) {
            await scene.clock.advance(20_000);
            if (scene.socket.last('ping')) await scene.socket.replies('ping', { type: 'ack', at: scene.clock.now() });
        }
        assert.equal(scene.sockets.length, 1);
        assert.equal(scene.client.state.name, 'live');
    });

    test('after sleep it is asked at once', async () => {
        const scene = stage();
        scene.client.connect();
        await settle();
        await scene.socket.welcomes();
        await scene.clock.advance(4_000);
        await scene.socket.pushes({ type: 'noise' });
        scene.clock.sleep(22_000);
        await scene.clock.advance(1);
        assert.equal(scene.socket.all('ping').length, 1);
    });

    test('when the network comes back the next try is now', async () => {
        const scene = stage();
        scene.client.connect();
        await settle();
        for (let i = 0; i < 6; i++) { await scene.socket.drops(); await scene.clock.advance(20_000); }
        await scene.socket.drops();
        const before = scene.sockets.length;
        scene.surroundings.dispatchEvent(new Event('online'));
        await settle();
        assert.equal(scene.sockets.length, before + 1);
    });

    test('a page that is looked at again asks', async () => {
        const scene = stage();
        scene.client.connect();
        await settle();
        await scene.socket.welcomes();
        await scene.clock.advance(10_000);
        scene.surroundings.document.dispatchEvent(new Event('visibilitychange'));
        await settle();
        assert.equal(scene.socket.all('ping').length, 1);
    });
});

describe('requests', () => {
    test('a refusal is a typed error', async () => {
        const { client, socket } = await inRoom();
        const asked = client.request('history', { room: ROOM, limit: 1_000 });
        await socket.refuses('history', 'invalid_field', { field: 'limit', retry_after_ms: null });
        await assert.rejects(asked, error => error instanceof StoaError && error.code === 'invalid_field' && error.field === 'limit' && error.request_id === 'r_1');
    });

    test('without a connection they are refused at once; a lost one refuses those under way', async () => {
        const scene = stage();
        await assert.rejects(scene.client.request('ping'), { code: 'offline' });
        scene.client.connect();
        await settle();
        await scene.socket.welcomes();
        const asked = scene.client.request('ping');
        await scene.socket.drops();
        await assert.rejects(asked, { code: 'offline' });
    });

    test('no answer is a timeout', async () => {
        const { client, clock } = await inRoom();
        const asked = assert.rejects(client.request('search', { query: 'x' }), { code: 'timeout' });
        await clock.advance(15_000);
        await asked;
    });

    test('a full line makes requests wait, in order, and bounds them', async () => {
        const { client, socket, clock } = await inRoom();
        socket.bufferedAmount = 2 << 20;
        const count = socket.sent.length;
        for (let i = 0; i < 5; i++) client.request('history', { limit: i + 1 });
        await settle();
        assert.equal(socket.sent.length, count);
        socket.bufferedAmount = 0;
        await clock.advance(60);
        assert.deepEqual(socket.all('history').map(message => message.limit), [1, 2, 3, 4, 5]);
        socket.bufferedAmount = 2 << 20;
        const flood = Array.from({ length: 1_001 }, () => client.request('ping'));
        await assert.rejects(flood.at(-1), { code: 'backpressure' });
    });
});

describe('a room', () => {
    test('events arrive in order, each once', async () => {
        const { socket, heard } = await inRoom();
        for (const seq of [1, 2, 2, 1, 3]) await socket.says(seq);
        assert.deepEqual(heard, [1, 2, 3]);
    });

    test('after a loss it resumes where it stopped and says how much is missing', async () => {
        const { client, clock, sockets, heard, room } = await inRoom();
        await sockets[0].says(1);
        await sockets[0].drops();
        assert.equal(client.state.name, 'offline');
        await clock.advance(500);
        await sockets[1].welcomes();
        assert.deepEqual(sockets[1].last('join').since, { epoch: 'k1', seq: 1 });
        assert.equal(sockets[1].last('join').history, undefined);
        await sockets[1].joins({ seq: 4, recovered: true });
        assert.equal(client.state.name, 'catching_up');
        assert.equal(client.state.missed, 3);
        for (const seq of [2, 3, 4]) await sockets[1].says(seq);
        assert.equal(client.state.name, 'live');
        assert.equal(room.state, 'live');
        assert.deepEqual(heard, [1, 2, 3, 4]);
    });

    test('a hole is noticed and asked for', async () => {
        const { socket, heard } = await inRoom();
        await socket.says(1);
        await socket.says(4);
        assert.deepEqual(socket.last('join').since, { epoch: 'k1', seq: 1 });
        await socket.says(5);
        await socket.joins({ seq: 5, recovered: true });
        for (const seq of [2, 3, 4, 5]) await socket.says(seq);
        assert.deepEqual(heard, [1, 2, 3, 4, 5]);
    });

    test('pushes right behind the reply are not lost, even in one breath', async () => {
        const { clock, sockets, heard } = await inRoom();
        await sockets[0].drops();
        await clock.advance(500);
        const socket = sockets[1];
        await socket.welcomes();
        const joined = { type: 'joined', id: socket.last('join').id, room: { id: ROOM }, role: 'member', epoch: 'k1', seq: 2, people: [], people_count: 1, recovered: true, messages: [] };
        const event = seq => ({ type: 'new_message', room: ROOM, seq, message: { id: `id${seq}`, author: { id: 'u_bob' }, content: '' } });
        for (const message of [joined, event(1), event(2)]) socket.onmessage({ data: JSON.stringify(message) });
        await settle();
        assert.deepEqual(heard, [1, 2]);
    });

    test('a server that will not join twice is left and joined anew', async () => {
        const { socket, heard, clock } = await inRoom();
        await socket.says(3);
        await socket.refuses('join', 'already_joined');
        await socket.replies('leave', { type: 'left', room: ROOM });
        await clock.advance(1);
        assert.equal(socket.all('join').length, 3);
        await socket.joins({ seq: 3, recovered: true });
        for (const seq of [1, 2, 3]) await socket.says(seq);
        assert.deepEqual(heard, [1, 2, 3]);
    });

    test('after a gap the room is fetched anew, and what comes meanwhile is kept', async () => {
        const { clock, sockets, heard } = await inRoom();
        await sockets[0].says(1);
        await sockets[0].drops();
        await clock.advance(500);
        const socket = sockets[1];
        await socket.welcomes();
        await socket.joins({ epoch: 'k2', seq: 90, recovered: false });
        await socket.pushes({ type: 'gap', room: ROOM, from: 2, to: 90, reason: 'epoch' });
        assert.equal(socket.all('history').length, 1);
        await socket.says(91);
        await socket.replies('history', { type: 'history', room: ROOM, messages: [{ id: 'a', seq: 89 }, { id: 'b', seq: 90 }], more_before: true, more_after: false });
        assert.deepEqual(heard, [1, 'gap:89,90', 91]);
        await socket.drops();
        await clock.advance(1_000);
        await sockets[2].welcomes();
        assert.deepEqual(sockets[2].last('join').since, { epoch: 'k2', seq: 91 });
    });

    test('what was promised and does not come is fetched anew', async () => {
        const { clock, sockets, heard } = await inRoom();
        await sockets[0].drops();
        await clock.advance(500);
        await sockets[1].welcomes();
        await sockets[1].joins({ seq: 5, recovered: true });
        await clock.advance(15_000);
        await sockets[1].replies('history', { type: 'history', room: ROOM, messages: [{ id: 'a', seq: 5 }], more_before: true, more_after: false });
        assert.deepEqual(heard, ['late:5']);
    });

    test('a removal is told with its reason and not undone', async () => {
        const { client, room, socket, sockets, clock } = await inRoom();
        await socket.pushes({ type: 'left', room: ROOM, reason: 'banned', message: 'spam' });
        assert.equal(room.state, 'removed');
        assert.equal(room.reason, 'banned');
        assert.equal(room.message, 'spam');
        await socket.drops();
        await clock.advance(500);
        await sockets[1].welcomes();
        assert.equal(sockets[1].last('join'), undefined);
        assert.equal(client.state.name, 'live');
    });

    test('a refused join rejects with the error', async () => {
        const scene = stage();
        scene.client.connect();
        await settle();
        await scene.socket.welcomes();
        const joining = scene.client.room(ROOM).join();
        await settle();
        await scene.socket.refuses('join', 'room_full');
        await assert.rejects(joining, { code: 'room_full' });
        assert.equal(scene.client.room(ROOM).state, 'refused');
    });

    test('presence: the whole, then differences', async () => {
        const { room, socket } = await inRoom({}, { people: [{ id: 'u_ann', name: 'Ann' }], people_count: 1 });
        await socket.pushes({ type: 'user_joined', room: ROOM, user: { id: 'u_bob', name: 'Bob' }, people_count: 2 });
        assert.deepEqual([...room.people.keys()], ['u_ann', 'u_bob']);
        await socket.pushes({ type: 'presence_diff', room: ROOM, joined: [{ id: 'u_cy', name: 'Cy' }], left: [{ id: 'u_bob' }], people_count: 120 });
        assert.deepEqual([...room.people.keys()], ['u_ann', 'u_cy']);
        assert.equal(room.peopleCount, 120);
    });

    test('another window’s read marker is not taken for an event', async () => {
        const { room, socket, heard } = await inRoom();
        await socket.says(1);
        await socket.pushes({ type: 'read_updated', room: ROOM, user: { id: 'u_ann' }, seq: 1 });
        await socket.says(2);
        assert.deepEqual(heard, [1, 2]);
        assert.equal(room.readSeq, 1);
    });

    test('a receipt is no event either; what is sent asks for one where the room has them', async () => {
        const { room, socket, heard } = await inRoom({}, { room: { id: ROOM, name: 'Algebra', type: 'public', receipts: true } });
        const told = [];
        room.on('receipt', receipt => told.push(receipt));
        const { sent } = room.send('who has it');
        await settle();
        assert.equal(socket.all('chat_message')[0].receipt, true);
        await socket.replies('chat_message', { type: 'ack', room: ROOM, message_id: 'id1', seq: 1, at: 0 });
        await sent;
        await socket.says(1);
        assert.deepEqual([room.receiptOf(1), room.receiptOf(2)], ['sent', null]);
        await socket.pushes({ type: 'receipt', room: ROOM, from: 1, seq: 1, status: 'delivered' });
        assert.equal(room.receiptOf(1), 'delivered');
        await socket.pushes({ type: 'receipt', room: ROOM, from: 1, seq: 1, status: 'read' });
        assert.equal(room.receiptOf(1), 'read');
        assert.deepEqual(told, [{ from: 1, seq: 1, status: 'delivered' }, { from: 1, seq: 1, status: 'read' }]);
        await socket.says(2);
        assert.deepEqual(heard, [1, 2]);
    });
});

describe('the outbox', () => {
    test('one at a time, in order; an ack lets the next go', async () => {
        const { room, socket } = await inRoom();
        const first = room.send('one');
        room.send('two', { replyTo: 'id9' });
        await settle();
        assert.deepEqual(socket.all('chat_message').map(message => message.content), ['one']);
        await socket.replies('chat_message', { type: 'ack', room: ROOM, message_id: 'id1', seq: 1, at: 0 });
        assert.equal((await first.sent).seq, 1);
        assert.deepEqual(socket.all('chat_message').map(message => [message.content, message.reply_to]), [['one', null], ['two', 'id9']]);
    });

    test('what was not acked is sent again after a reconnect, with the same client id', async () => {
        const { room, clock, sockets } = await inRoom();
        const { clientId } = room.send('once');
        await settle();
        await sockets[0].drops();
        await clock.advance(500);
        await sockets[1].welcomes();
        await sockets[1].joins({ seq: 0, recovered: true });
        assert.equal(sockets[1].last('chat_message').client_id, clientId);
    });

    test('it survives a reload, in order', async () => {
        const { room, storage, socket } = await inRoom();
        await socket.drops();
        room.send('one');
        room.send('two');
        const next = stage({ storage, user: 'u_ann' });
        assert.deepEqual(next.client.room(ROOM).outbox.map(entry => entry.content), ['one', 'two']);
        next.client.connect();
        await settle();
        await next.socket.welcomes();
        await next.socket.joins();
        assert.equal(next.socket.last('chat_message').content, 'one');
        await next.socket.replies('chat_message', { type: 'ack', room: ROOM, message_id: 'id1', seq: 1, at: 0 });
        await next.socket.replies('chat_message', { type: 'ack', room: ROOM, message_id: 'id2', seq: 2, at: 0 });
        assert.deepEqual(next.socket.all('chat_message').map(message => message.content), ['one', 'two']);
        assert.equal(storage.length, 0);
    });

    test('another person’s outbox is left alone', async () => {
        const { room, storage, socket } = await inRoom();
        await socket.drops();
        room.send('Ann wrote this');
        const other = stage({ storage, user: 'u_bob' });
        assert.deepEqual(other.client.room(ROOM).outbox, []);
        assert.equal(storage.length, 1);
    });

    test('a message seen in the room is done, even if its ack was lost', async () => {
        const { room, clock, sockets, storage } = await inRoom();
        const { clientId, sent } = room.send('stored');
        await settle();
        await sockets[0].drops();
        await clock.advance(500);
        await sockets[1].welcomes();
        await sockets[1].joins({ seq: 1, recovered: true });
        await sockets[1].says(1, 'stored', { client_id: clientId, author: { id: 'u_ann', name: 'Ann' } });
        assert.equal((await sent).seq, 1);
        assert.equal(storage.length, 0);
    });

    test('a refusal is told and kept until it is tried again or taken back', async () => {
        const { room, socket, storage } = await inRoom();
        const { clientId, sent } = room.send('rude');
        await settle();
        await socket.refuses('chat_message', 'forbidden');
        await assert.rejects(sent, { code: 'forbidden' });
        assert.equal(room.outbox[0].status, 'refused');
        assert.equal(storage.length, 1);
        room.retry(clientId);
        await settle();
        assert.equal(socket.all('chat_message').length, 2);
        await socket.refuses('chat_message', 'forbidden');
        room.discard(clientId);
        assert.deepEqual([room.outbox.length, storage.length], [0, 0]);
    });

    test('slow mode is waited out, and order kept', async () => {
        const { room, socket, clock } = await inRoom();
        room.send('one');
        room.send('two');
        await settle();
        await socket.refuses('chat_message', 'slow_mode', { retry_after_ms: 7_000 });
        await clock.advance(6_900);
        assert.equal(socket.all('chat_message').length, 1);
        await clock.advance(200);
        assert.deepEqual(socket.all('chat_message').map(message => message.content), ['one', 'one']);
    });

    test('its bound is a typed error', async () => {
        const { room } = await inRoom({ outboxLimit: 3 });
        for (let i = 0; i < 3; i++) room.send(`${i}`);
        assert.throws(() => room.send('one too many'), { code: 'outbox_full' });
    });

    test('what would be too large for the line is refused here', async () => {
        const { client, room, socket } = await inRoom();
        await assert.rejects(room.send('x'.repeat(70_000)).sent, { code: 'too_large' });
        await assert.rejects(room.send('世'.repeat(22_000)).sent, { code: 'too_large' });
        await assert.rejects(client.publish('topic:lobby', 'x'.repeat(70_000)), { code: 'too_large' });
        assert.deepEqual([socket.all('chat_message').length, socket.all('publish').length], [0, 0]);
    });
});

describe('topics', () => {
    test('resume from the offset, each publication once', async () => {
        const { client, clock, sockets } = await inRoom();
        const got = [];
        const topic = client.subscribe('topic:lobby');
        topic.on('publication', push => got.push(push.offset));
        await settle();
        await sockets[0].replies('subscribe', { type: 'snapshot', channels: { 'topic:lobby': { epoch: 'a1', offset: 5, recovered: false } } });
        for (const offset of [6, 6, 7]) await sockets[0].pushes({ type: 'publication', channel: 'topic:lobby', offset, data: 1 });
        await sockets[0].drops();
        await clock.advance(500);
        await sockets[1].welcomes();
        assert.deepEqual(sockets[1].last('subscribe').since, { 'topic:lobby': { epoch: 'a1', offset: 7 } });
        await sockets[1].replies('subscribe', { type: 'snapshot', channels: { 'topic:lobby': { epoch: 'a1', offset: 9, recovered: true } } });
        for (const offset of [8, 9]) await sockets[1].pushes({ type: 'publication', channel: 'topic:lobby', offset, data: 1 });
        assert.deepEqual(got, [6, 7, 8, 9]);
    });

    test('a gap moves the position', async () => {
        const { client, socket } = await inRoom();
        const got = [];
        const topic = client.subscribe('topic:*');
        topic.on('publication', push => got.push(push.offset));
        topic.on('gap', gap => got.push(`gap ${gap.reason}`));
        await settle();
        await socket.replies('subscribe', { type: 'snapshot', channels: { 'topic:a': { epoch: 'a1', offset: 5 } } });
        await socket.pushes({ type: 'gap', channel: 'topic:a', from: 6, to: 20, reason: 'limit' });
        await socket.pushes({ type: 'publication', channel: 'topic:a', offset: 21, data: 1 });
        assert.deepEqual(got, ['gap limit', 21]);
    });
});

describe('prices', () => {
    const value = (price, offset) => ({ offset, price, confidence: 'medium', at: 1 });

    test('options go with the request; values that come together are told one by one', async () => {
        const { client, socket } = await inRoom();
        const got = [];
        const prices = client.subscribe(['price:A', 'price:B-*'], { minIntervalMs: 100, batch: true, fields: ['price'] });
        prices.on('publication', push => got.push([push.channel, push.symbol, push.price]));
        await settle();
        const { channels, min_interval_ms: interval, batch, fields } = socket.last('subscribe');
        assert.deepEqual([channels, interval, batch, fields], [['price:A', 'price:B-*'], 100, true, ['price']]);
        await socket.replies('subscribe', { type: 'snapshot', channels: { 'price:A': { epoch: 'e', offset: 1 } } });
        await socket.pushes({ type: 'snapshot', channels: { 'price:B-C': { epoch: 'e', offset: 0 } } });
        await socket.pushes({ type: 'price_update', values: { A: value('2', 2), 'B-C': value('3', 1), X: value('9', 1) } });
        assert.deepEqual(got, [['price:A', 'A', '2'], ['price:B-C', 'B-C', '3']]);
    });

    test('a reader that lags is given the newest value: the hole before it is none', async () => {
        const { client, socket } = await inRoom();
        const got = [];
        client.subscribe('price:A').on('publication', push => got.push(push.offset));
        await settle();
        await socket.replies('subscribe', { type: 'snapshot', channels: { 'price:A': { epoch: 'e', offset: 1 } } });
        for (const offset of [2, 9, 9, 10]) await socket.pushes({ type: 'price_update', channel: 'price:A', symbol: 'A', ...value('1', offset) });
        assert.deepEqual([got, socket.all('subscribe').length], [[2, 9, 10], 1]);
    });

    test('values that come together carry the name that they have alone: a symbol, a portfolio, a board', async () => {
        const { client, socket } = await inRoom();
        for (const [type, channel, member, key] of [['risk_update', 'risk:A', 'symbol', 'A'], ['leaderboard_update', 'leaderboard:global', 'board', 'global'], ['portfolio_update', 'portfolio:p', 'portfolio', 'p']]) {
            const got = [];
            client.subscribe(channel, { batch: true }).on('publication', push => got.push(push));
            await settle();
            await socket.replies('subscribe', { type: 'snapshot', channels: { [channel]: { epoch: 'e', offset: 1 } } });
            await socket.pushes({ type, values: { [key]: { offset: 2 } } });
            assert.deepEqual(got, [{ type, channel, [member]: key, offset: 2 }]);
        }
    });

    test('so it is with leaderboards and portfolios', async () => {
        const { client, socket } = await inRoom();
        for (const [type, channel] of [['leaderboard_update', 'leaderboard:global'], ['portfolio_update', 'portfolio:p']]) {
            const got = [];
            client.subscribe(channel).on('publication', push => got.push(push.offset));
            await settle();
            await socket.replies('subscribe', { type: 'snapshot', channels: { [channel]: { epoch: 'e', offset: 1 } } });
            for (const offset of [2, 9]) await socket.pushes({ type, channel, offset });
            assert.deepEqual(got, [2, 9]);
        }
        assert.equal(socket.all('subscribe').length, 2);
    });

    test('a watch-list brings the prices of its symbols, and they follow it', async () => {
        const { client, socket } = await inRoom();
        const [got, met] = [[], []];
        const list = client.subscribe('watchlist:w', { batch: true });
        list.on('publication', push => got.push(push.symbols ?? push.symbol));
        list.on('snapshot', ({ channel }) => met.push(channel));
        await settle();
        await socket.replies('subscribe', { type: 'snapshot', channels: {
            'price:A': { epoch: 'e', offset: 1 }, 'watchlist:w': { epoch: 'f', offset: 0, values: { w: { symbols: ['A'], version: 1 } } },
        } });
        assert.deepEqual(met, ['price:A', 'watchlist:w']);
        await socket.pushes({ type: 'price_update', values: { A: value('2', 2), B: value('3', 1) } });
        await socket.pushes({ type: 'watchlist_update', channel: 'watchlist:w', watchlist: 'w', offset: 1, symbols: ['B'], version: 2 });
        await socket.pushes({ type: 'snapshot', channels: { 'price:B': { epoch: 'e', offset: 1 } } });
        await socket.pushes({ type: 'price_update', values: { A: value('4', 3), B: value('5', 2) } });
        assert.deepEqual(got, ['A', ['B'], 'B']);
        assert.deepEqual([met.at(-1), list.takes('price:A'), socket.all('subscribe').length], ['price:B', false, 1]);
    });

    test('a changed list asks for what is new, leaves what is not in it, and is resumed as a whole', async () => {
        const { client, clock, sockets } = await inRoom();
        const prices = client.subscribe(['price:A', 'price:B'], { batch: true });
        await settle();
        await sockets[0].replies('subscribe', { type: 'snapshot', channels: { 'price:A': { epoch: 'e', offset: 1 }, 'price:B': { epoch: 'e', offset: 4 } } });
        prices.setChannels(['price:B', 'price:C']);
        await settle();
        assert.deepEqual(sockets[0].last('unsubscribe').channels, ['price:A']);
        assert.deepEqual([sockets[0].last('subscribe').channels, sockets[0].last('subscribe').batch], [['price:C'], true]);
        await sockets[0].replies('subscribe', { type: 'snapshot', channels: { 'price:C': { epoch: 'e', offset: 7 } } });
        await sockets[0].drops();
        await clock.advance(500);
        await sockets[1].welcomes();
        const again = sockets[1].all('subscribe').find(one => one.channels.includes('price:C'));
        assert.deepEqual(again.channels, ['price:B', 'price:C']);
        assert.deepEqual(again.since, { 'price:B': { epoch: 'e', offset: 4 }, 'price:C': { epoch: 'e', offset: 7 } });
    });

    test('what the server does not take for now is told and asked for again when it says, as far as it is still wanted', async () => {
        const { client, clock, socket, sockets } = await inRoom();
        const prices = client.subscribe(['price:A', 'price:B']);
        const delayed = [];
        prices.on('delayed', ({ code, retry_after_ms: wait, details }) => delayed.push([code, wait, details.tier]));
        prices.on('error', error => delayed.push(error));
        await settle();
        await socket.refuses('subscribe', 'rate_limited', { retry_after_ms: 9_000, details: { tier: 'free', limit: 100 } });
        assert.deepEqual(delayed, [['rate_limited', 9_000, 'free']]);
        prices.setChannels(['price:B']);
        await settle();
        await clock.advance(8_999);
        assert.equal(socket.all('subscribe').length, 1);
        await clock.advance(1);
        assert.deepEqual(socket.all('subscribe').map(one => one.channels), [['price:A', 'price:B'], ['price:B']]);
        // After a cut all is asked for anyway, and nothing a second time.
        await socket.refuses('subscribe', 'rate_limited', { retry_after_ms: 5_000 });
        await socket.drops();
        await clock.advance(500);
        await sockets[1].welcomes();
        await sockets[1].replies('subscribe', { type: 'snapshot', channels: { 'price:B': { epoch: 'e', offset: 1 } } });
        await clock.advance(10_000);
        assert.equal(sockets[1].all('subscribe').length, 1);
    });

    test('candles: a hole is asked for anew', async () => {
        const { client, socket } = await inRoom();
        const got = [];
        client.subscribe('candles:A:1m').on('publication', push => got.push(push.close));
        await settle();
        await socket.replies('subscribe', { type: 'snapshot', channels: { 'candles:A:1m': { epoch: 'e', offset: 1 } } });
        const candle = { type: 'candle_update', channel: 'candles:A:1m', symbol: 'A', interval: '1m', start: 0, ticks: 1 };
        await socket.pushes({ ...candle, offset: 2, close: '5' });
        await socket.pushes({ ...candle, offset: 4, close: '7' });
        assert.deepEqual([got, socket.all('subscribe').length], [['5'], 2]);
    });
});

test('claims are read as UTF-8', () => {
    const body = Buffer.from(JSON.stringify({ sub: 'u', name: 'Zoë 世界' })).toString('base64url');
    assert.equal(tokenClaims(`a.${body}.c`).name, 'Zoë 世界');
    assert.deepEqual(tokenClaims('nonsense'), {});
});

// With a real server.

const { SERVER_URL: url, SERVER_SECRET: secret } = process.env;
const skip = !url || !secret ? 'SERVER_URL and SERVER_SECRET are not set' : typeof WebSocket === 'undefined' && 'this Node has no WebSocket: use --experimental-websocket';

describe('with a real server', { skip }, () => {
    const base64 = value => Buffer.from(JSON.stringify(value)).toString('base64url');
    const run = randomUUID().slice(0, 8);

    function tokenFor(name, more = {}) {
        const text = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64({ sub: `u_${name}_${run}`, name, exp: Math.floor(Date.now() / 1000) + 3600, ...more })}`;
        return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    }

    /** A socket whose line can be cut without a word to the server. */
    const cuttable = () => {
        const open = new Set();
        class CuttableSocket extends WebSocket {
            constructor(...given) { super(...given); open.add(this); }
        }
        return { CuttableSocket, open, cut: () => { for (const socket of open) { socket.onclose?.({ code: 1006, reason: '' }); socket.close(); } open.clear(); } };
    };

    function person(name, options = {}) {
        const token = tokenFor(name, options.claims);
        const line = cuttable();
        const client = new StoaClient({ url: `${url.replace('http', 'ws')}/ws`, token, storage: new MemoryStorage(), WebSocket: line.CuttableSocket, ...options });
        client.connect();
        return { client, token, ...line };
    }

    async function makeRoom(token) {
        const response = await fetch(`${url}/api/v1/rooms`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'Client test', type: 'public' }) });
        assert.equal(response.status, 201);
        return (await response.json()).id;
    }

    const until = async (what, check) => {
        const end = Date.now() + 15_000;
        while (!check()) {
            assert.ok(Date.now() < end, `waited in vain for ${what}`);
            await new Promise(resolve => setTimeout(resolve, 10));
        }
    };

    test('two people talk, one line is cut again and again, every message arrives once and in order', async () => {
        const [ann, bob] = [person('ann'), person('bob')];
        const id = await makeRoom(ann.token);
        const [here, there] = [ann.client.room(id), bob.client.room(id)];
        const got = [];
        there.on('reset', ({ messages, why }) => { if (why !== 'joined') got.length = 0; got.push(...messages.map(message => message.content)); });
        there.on('message', push => got.push(push.message.content));
        await Promise.all([here.join(), there.join()]);
        const want = Array.from({ length: 60 }, (_, i) => `message ${i}`);
        for (const [i, text] of want.entries()) {
            here.send(text);
            if (i % 15 === 7) ann.cut();
            if (i % 15 === 12) bob.cut();
            await new Promise(resolve => setTimeout(resolve, 15));
        }
        await until('all of them', () => got.length >= want.length && here.outbox.length === 0);
        assert.deepEqual(got, want);
        ann.client.close();
        bob.client.close();
    });

    test('presence, typing, edit and reaction reach the other', async () => {
        const [ann, bob] = [person('ann'), person('bob')];
        const id = await makeRoom(ann.token);
        const here = ann.client.room(id);
        const heard = [];
        for (const name of ['presence', 'typing', 'updated', 'reaction']) here.on(name, () => heard.push(name));
        await here.join();
        const there = bob.client.room(id);
        await there.join();
        there.typing(true);
        const { message_id: message } = await there.send('teh').sent;
        await there.edit(message, 'the');
        await there.react(message, '👍');
        await until('each of them', () => ['presence', 'typing', 'updated', 'reaction'].every(name => heard.includes(name)));
        assert.equal((await here.history({ limit: 1 })).messages[0].content, 'the');
        await assert.rejects(here.edit(message, 'mine'), { code: 'forbidden' });
        ann.client.close();
        bob.client.close();
    });

    test('topics resume', async () => {
        const claims = { channels: { subscribe: ['topic:lobby'], publish: ['topic:lobby'] } };
        const [ann, bob] = [person('ann', { claims }), person('bob', { claims })];
        const got = [];
        const topic = bob.client.subscribe('topic:lobby');
        topic.on('publication', push => got.push(push.data));
        await until('both', () => ann.client.ready && topic.active);
        for (let i = 0; i < 20; i++) {
            await ann.client.publish('topic:lobby', i);
            if (i === 8) bob.cut();
        }
        await until('all of them', () => got.length >= 20);
        assert.deepEqual(got, Array.from({ length: 20 }, (_, i) => i));
        ann.client.close();
        bob.client.close();
    });

    for (const [code, reason, wrong] of [[1003, 'unsupported_data', new Uint8Array([1, 2, 3])], [1009, 'message_too_big', 'x'.repeat(70_000)]]) {
        test(`closed with ${code} it stays stopped, says why, and comes back when asked`, async () => {
            const ann = person('ann');
            const states = [];
            ann.client.on('state', state => states.push(state));
            const room = ann.client.room(await makeRoom(ann.token));
            await room.join();
            const [socket] = ann.open;
            socket.send(wrong);
            await until('the end', () => ann.client.state.name !== 'live');
            assert.equal(states.at(-1).name, 'stopped');
            assert.deepEqual([states.at(-1).reason, states.at(-1).code], [reason, code]);
            // What is written meanwhile is kept, and goes out once somebody has asked to go on.
            const { sent } = room.send('after the mishap');
            await assert.rejects(ann.client.request('ping'), { code: 'offline' });
            ann.client.connect();
            await sent;
            assert.equal(ann.open.size, 2);
            ann.client.close();
        });
    }

    test('a bad token signs out and says so', async () => {
        const bad = person('eve', { token: 'a.b.c' });
        await until('the refusal', () => bad.client.state.name === 'signed_out');
        assert.equal(bad.client.state.reason, 'token_invalid');
    });
});
