// Browser client of Stoa: one ES module, no dependency, no build step.
//
//     import { StoaClient } from './stoa.js';
//     const stoa = new StoaClient({ url: 'wss://chat.example/ws', token: () => fetchToken() });
//     const room = stoa.room('0198…');
//     room.on('message', push => console.log(push.message.author.name, push.message.content));
//     stoa.connect();
//     await room.join({ history: 50 });
//     room.send('Hello');
//
// What it takes off your hands: reconnecting, resuming each room and topic where it stopped, renewing the token,
// and an outbox that survives reloads. It runs wherever there is a WebSocket: browsers, workers, Node with one passed in.

const BACKOFF_FLOOR_MS = 500;
const BACKOFF_CEILING_MS = 20_000;
/** A connection that lived this long was a good one: the next loss starts at the floor again. */
const STEADY_AFTER_MS = 5_000;
const HANDSHAKE_MS = 12_000;
const REQUEST_MS = 15_000;
/** On top of the server's ping interval, so that a busy server is not suspected. */
const SILENCE_MARGIN_MS = 5_000;
const PROBE_MS = 8_000;
/** How often we look at the clock; one tick late by `SLEPT_MS` means that the machine slept. */
const TICK_MS = 5_000;
const SLEPT_MS = 10_000;
/** Above this many unsent bytes we stop feeding the socket and queue here instead. */
const HIGH_WATER_BYTES = 1 << 20;
const QUEUE_LIMIT = 1_000;
const DRAIN_MS = 50;
/** How soon we look again for somebody who takes us in when the server goes away, give or take. */
const KNOCK_AGAIN_MS = 1_000;
/** How long replies are waited for before we leave. */
const LEAVE_MS = 2_000;
const LOOK_MS = 50;
/** A WebSocket's `readyState`. */
const OPEN = 1;
/** How long a resumed room may take to deliver what it promised before it is fetched anew. */
const CATCH_UP_MS = 15_000;
/** A refusal for a while that is shorter than this is waited out; a longer one is shown. */
const PATIENCE_MS = 60_000;
/** Own messages of a room whose receipts are remembered. */
const ASKED_LIMIT = 500;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Refusals that another try may cure. */
const TEMPORARY = new Set(['rate_limited', 'slow_mode', 'unavailable', 'internal', 'timeout']);
/** The catalogue of close codes, for words in a user interface. */
export const CLOSE_REASONS = {
    1002: 'protocol_error', 1003: 'unsupported_data', 1007: 'invalid_payload', 1009: 'message_too_big',
    4000: 'going_away', 4001: 'token_expired', 4002: 'slow', 4003: 'no_pong', 4004: 'internal', 4005: 'rate_limited',
    4500: 'protocol_violation', 4501: 'token_invalid', 4502: 'token_revoked', 4503: 'banned', 4504: 'replaced',
    4505: 'too_many_connections', 4506: 'auth_timeout',
};
/** Closes after which a program that came back would only do the same again. */
const NOT_MENDED_BY_COMING_BACK = new Set([1002, 1003, 1007, 1009]);
/** Pushes that carry a `seq` which is not the room's own numbering. */
const NOT_NUMBERED = new Set(['read_updated', 'unread_updated', 'joined', 'left', 'typing_status', 'receipt']);
const EVENT_NAMES = {
    new_message: 'message', document_shared: 'message', highlight_created: 'message', message_updated: 'updated',
    message_deleted: 'deleted', message_pinned: 'pinned', reaction_updated: 'reaction',
};

/** What the server refused, or what kept a request from reaching it. Its fields are those of the wire. */
export class StoaError extends Error {
    constructor({ code, message, field = null, retry_after_ms = null, request_id = null, details = {} }) {
        super(message ?? code);
        this.name = 'StoaError';
        Object.assign(this, { code, field, retry_after_ms, request_id, details });
    }

    /** Whether the same request may succeed later. */
    get temporary() { return TEMPORARY.has(this.code); }
}

const failure = (code, message) => new StoaError({ code, message });

/** Named events; `on` returns what ends the listening. */
export class Emitter {
    #listeners = new Map();

    /** Calls `listener` at each such event; returns the function that ends it. */
    on(type, listener) {
        const set = this.#listeners.get(type) ?? this.#listeners.set(type, new Set()).get(type);
        set.add(listener);
        return () => set.delete(listener);
    }

    emit(type, detail) {
        for (const listener of [...this.#listeners.get(type) ?? []]) {
            // A listener's bug is reported as the page's own, and must not stop the stream behind it.
            try { listener(detail); } catch (error) { queueMicrotask(() => { throw error; }); }
        }
    }
}

/** A promise with its ends outside. Nobody need look at it: a rejection that is also an event is not "unhandled". */
function deferred() {
    const ends = {};
    ends.promise = new Promise((resolve, reject) => Object.assign(ends, { resolve, reject }));
    ends.promise.catch(() => {});
    return ends;
}

const REAL_CLOCK = {
    now: () => Date.now(),
    setTimeout: (run, ms) => globalThis.setTimeout(run, Math.min(ms, LONGEST_TIMER_MS)),
    clearTimeout: timer => globalThis.clearTimeout(timer),
};

/** What a token says, unchecked: only the server's word counts, this finds the outbox and the expiry early. */
export function tokenClaims(token) {
    try {
        const body = atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'));
        return JSON.parse(new TextDecoder().decode(Uint8Array.from(body, char => char.charCodeAt(0))));
    } catch { return {}; }
}

// One socket's life: handshake, replies matched to requests, liveness. It never reconnects; its client does.
class Connection {
    #waiting = new Map();
    #queue = [];
    #ids = 0;
    #drain = null;
    #handshake;
    #probing = false;

    constructor(client, { socket, token, clock }) {
        Object.assign(this, { client, socket, clock, welcomed: false, ended: false, heardAt: clock.now() });
        this.#handshake = clock.setTimeout(() => this.end(4003, 'no answer'), HANDSHAKE_MS);
        const begin = () => socket.send(JSON.stringify({ type: 'auth', id: '0', token }));
        if (socket.readyState === OPEN) begin(); else socket.onopen = begin;
        socket.onmessage = event => this.#receive(event.data);
        socket.onclose = event => this.end(event.code, event.reason);
        socket.onerror = () => {};
    }

    #receive(text) {
        if (this.ended) return;
        this.heardAt = this.clock.now();
        let message;
        try { message = JSON.parse(text); } catch { return; }
        if (message.type === 'welcome' && !this.welcomed) {
            this.clock.clearTimeout(this.#handshake);
            this.welcomed = true;
            this.client._welcomed(this, message);
            return;
        }
        const waiter = message.id === undefined ? undefined : this.#waiting.get(message.id);
        if (!waiter) return this.client._pushed(message);
        this.#settle(message.id);
        if (message.type === 'error') return waiter.reject(new StoaError(message));
        waiter.receive?.(message);
        waiter.resolve(message);
    }

    #settle(id) {
        this.clock.clearTimeout(this.#waiting.get(id)?.timer);
        this.#waiting.delete(id);
    }

    get isAsking() { return this.#waiting.size > 0; }
    get congested() { return this.#queue.length > 0 || this.socket.bufferedAmount > HIGH_WATER_BYTES; }

    /** `receive` gets the reply before the next message is looked at; not every WebSocket lets promises run between two. */
    request(type, fields, { timeoutMs = REQUEST_MS, receive } = {}) {
        if (this.ended) return Promise.reject(failure('offline', 'There is no connection to the server.'));
        if (this.#queue.length >= QUEUE_LIMIT) {
            return Promise.reject(failure('backpressure', 'The connection is too slow for what is being sent.'));
        }
        const id = String(++this.#ids);
        const text = JSON.stringify({ type, id, ...fields });
        // Sent anyway it would cost the connection (1009).
        if (this.#isTooLarge(text)) return Promise.reject(failure('too_large', 'This message is too long to be sent.'));
        const waiter = { ...deferred(), receive };
        waiter.timer = this.clock.setTimeout(() => {
            this.#settle(id);
            waiter.reject(failure('timeout', 'The server did not answer in time.'));
        }, timeoutMs);
        this.#waiting.set(id, waiter);
        this.#transmit(text);
        return waiter.promise;
    }

    #isTooLarge(text) {
        const limit = this.client.welcome?.limits?.message_bytes;
        // No character takes more than three bytes per unit of length, so most need no counting.
        return limit > 0 && text.length * 3 > limit && new TextEncoder().encode(text).length > limit;
    }

    /** Sends without asking for a reply; dropped when the line is full, so only for hints. */
    hint(type, fields) {
        if (!this.ended && !this.congested) this.#transmit(JSON.stringify({ type, ...fields }));
    }

    #transmit(text) {
        this.#queue.push(text);
        this.#flush();
    }

    #flush() {
        this.clock.clearTimeout(this.#drain);
        while (this.#queue.length && !this.ended) {
            if (this.socket.bufferedAmount > HIGH_WATER_BYTES) {
                // There is no event for a drained socket, so look again shortly.
                this.#drain = this.clock.setTimeout(() => this.#flush(), DRAIN_MS);
                return;
            }
            this.socket.send(this.#queue.shift());
        }
    }

    /** Asks for a sign of life. Anything that arrives counts, not only the answer. */
    probe(timeoutMs = PROBE_MS) {
        if (this.#probing || this.ended || !this.welcomed) return;
        this.#probing = true;
        const asked = this.clock.now();
        this.request('ping', {}, { timeoutMs }).catch(error => {
            if (error.code === 'timeout' && this.heardAt <= asked) this.end(4003, 'no answer');
        }).finally(() => { this.#probing = false; });
    }

    end(code, reason) {
        if (this.ended) return;
        this.ended = true;
        this.clock.clearTimeout(this.#handshake);
        this.clock.clearTimeout(this.#drain);
        this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
        try { this.socket.close(); } catch { /* it was never open */ }
        for (const [id, waiter] of [...this.#waiting]) {
            this.#settle(id);
            waiter.reject(failure('offline', 'The connection was lost before the server answered.'));
        }
        this.client._ended(this, code, reason);
    }
}

// Messages on their way. Each has a key of its own in storage, so that two windows of one person do not overwrite
// each other; both may then send it, which `client_id` makes harmless.
class Outbox {
    #entries = new Map();
    #busy = new Set();
    #retries = new Map();
    #serial = 0;

    constructor(client, storage, limit) { Object.assign(this, { client, storage, limit, owner: null }); }

    /** Takes up what an earlier page of this person left behind. */
    open(owner) {
        if (!owner || this.owner === owner) return;
        if (this.owner) this.#entries.clear();
        this.owner = owner;
        for (const entry of this.#entries.values()) this.#save(entry);
        const found = [];
        try {
            for (let i = 0; i < this.storage.length; i++) {
                const key = this.storage.key(i);
                if (key.startsWith(this.#key(''))) found.push(JSON.parse(this.storage.getItem(key)));
            }
        } catch { /* no storage, or a stranger's value: then there is nothing to take up */ }
        found.sort((a, b) => a.at - b.at || a.serial - b.serial);
        for (const entry of found) {
            if (entry.status !== 'refused') entry.status = 'waiting';
            if (!this.#entries.has(entry.clientId)) this.#entries.set(entry.clientId, { ...entry, ...deferred() });
        }
    }

    #key(clientId) { return `stoa.outbox.${this.owner}.${clientId}`; }

    #save({ promise, resolve, reject, ...entry }) {
        if (!this.owner) return;
        try { this.storage.setItem(this.#key(entry.clientId), JSON.stringify(entry)); } catch { /* memory only */ }
    }

    #forget(entry) {
        this.#entries.delete(entry.clientId);
        try { this.storage.removeItem(this.#key(entry.clientId)); } catch { /* memory only */ }
    }

    add(room, message) {
        if (this.#entries.size >= this.limit) {
            throw failure('outbox_full', 'Too many messages are waiting to be sent.');
        }
        const entry = {
            clientId: crypto.randomUUID(), room, ...message,
            at: this.client.clock.now(), serial: this.#serial++, status: 'waiting', error: null, ...deferred(),
        };
        this.#entries.set(entry.clientId, entry);
        this.#save(entry);
        this.#changed(entry);
        this.flush(room);
        return entry;
    }

    list(room) { return [...this.#entries.values()].filter(entry => entry.room === room); }
    rooms() { return [...new Set([...this.#entries.values()].map(entry => entry.room))]; }

    retry(clientId) {
        const entry = this.#entries.get(clientId);
        if (entry?.status !== 'refused') return;
        this.#mark(entry, 'waiting', null);
        this.flush(entry.room);
    }

    discard(clientId) {
        const entry = this.#entries.get(clientId);
        if (!entry) return;
        this.#forget(entry);
        this.#changed({ ...entry, status: 'discarded' });
        entry.reject(failure('discarded', 'The message was taken back before it was sent.'));
    }

    refuseAll(room, error) {
        for (const entry of this.list(room)) if (entry.status !== 'refused') this.#refuse(entry, error);
    }

    /** One at a time per room: with several under way, a temporary refusal of the first would reorder them. */
    async flush(roomId) {
        if (this.#busy.has(roomId)) return;
        this.#busy.add(roomId);
        this.client.clock.clearTimeout(this.#retries.get(roomId));
        try {
            for (;;) {
                const entry = this.list(roomId).find(one => one.status === 'waiting');
                if (!entry || !this.client.room(roomId).joined || !await this.#send(entry)) break;
            }
        } finally { this.#busy.delete(roomId); }
    }

    async #send(entry) {
        this.#mark(entry, 'sending', null);
        const asks = Boolean(this.client.room(entry.room).info?.receipts);
        try {
            const ack = await this.client.request('chat_message', {
                room: entry.room, client_id: entry.clientId, content: entry.content, reply_to: entry.replyTo ?? null,
                ...entry.mentions && { mentions: entry.mentions },
                ...asks && { receipt: true },
            });
            if (asks && !ack.duplicate) this.client.room(entry.room)._ask(ack.seq);
            this.settled(entry, ack);
            return true;
        } catch (error) {
            if (!this.#entries.has(entry.clientId)) return true;
            if (error.code === 'offline' || error.code === 'not_joined') this.#mark(entry, 'waiting', null);
            else if (error.temporary && (error.retry_after_ms ?? 0) <= PATIENCE_MS) this.#later(entry, error);
            else { this.#refuse(entry, error); return true; }
            return false;
        }
    }

    #later(entry, error) {
        const delay = error.retry_after_ms ?? (error.code === 'timeout' ? 0 : 2_000);
        this.#mark(entry, 'waiting', error, this.client.clock.now() + delay);
        const again = this.client.clock.setTimeout(() => this.flush(entry.room), delay + 20);
        this.#retries.set(entry.room, again);
    }

    #refuse(entry, error) {
        const { code, message, retry_after_ms, request_id } = error;
        const retryAt = retry_after_ms ? this.client.clock.now() + retry_after_ms : null;
        this.#mark(entry, 'refused', { code, message, retry_after_ms, request_id }, retryAt);
        entry.reject(error);
    }

    #mark(entry, status, error, retryAt = null) {
        Object.assign(entry, { status, error, retryAt });
        if (status !== 'sending') this.#save(entry);
        this.#changed(entry);
    }

    /** The server has it: by ack, or because it was seen among the room's messages. */
    settled(entry, ack) {
        if (!this.#entries.has(entry.clientId)) return;
        this.#forget(entry);
        this.#changed({ ...entry, status: 'sent', ack });
        entry.resolve(ack);
    }

    seen(room, message, seq) {
        const entry = message.client_id && this.#entries.get(message.client_id);
        if (entry && message.author?.id === this.owner) this.settled(entry, { room, message_id: message.id, seq });
    }

    #changed(entry) { this.client.room(entry.room).emit('outbox', entry); }
}

/** A room as this client sees it: joined and kept up to date across reconnects until `leave`. */
class Room extends Emitter {
    #wanted = null;
    #arrival = deferred();
    #joining = false;
    #held = null;
    #target = 0;
    #timer = null;
    /** Own messages for which a receipt was asked, and what came. */
    #asked = new Map();

    constructor(client, id) {
        super();
        Object.assign(this, {
            client, id, epoch: null, seq: 0, state: 'idle', error: null, reason: null, message: null, role: null, info: null,
            people: new Map(), peopleCount: 0, readSeq: 0, unread: 0,
        });
    }

    get joined() { return this.state === 'live' || this.state === 'catching_up'; }
    /** How many events are still to come after a resume. */
    get behind() { return this.state === 'catching_up' ? Math.max(0, this.#target - this.seq) : 0; }
    get outbox() { return this.client.outbox.list(this.id); }

    /** Joins, now or as soon as there is a connection; resolves with the first `joined`, rejects when refused. */
    join({ history = 50, invitation, asset } = {}) {
        this.#wanted = { history, invitation, asset };
        if (!this.joined) {
            if (this.state !== 'joining') this.#arrival = deferred();
            this.#become('joining');
            this.#enter();
        }
        return this.#arrival.promise;
    }

    async leave() {
        this.#wanted = null;
        this.epoch = null;
        const wasJoined = this.joined;
        this.#become('idle');
        if (wasJoined) await this.client.request('leave', { room: this.id }).catch(() => {});
    }

    /** Sends by way of the outbox. `sent` resolves with the ack; the entry also appears as `outbox` events. */
    send(content, { replyTo = null, mentions } = {}) {
        const entry = this.client.outbox.add(this.id, { content, replyTo, mentions });
        return { clientId: entry.clientId, sent: entry.promise };
    }

    retry(clientId) { this.client.outbox.retry(clientId); }
    discard(clientId) { this.client.outbox.discard(clientId); }
    request(type, fields) { return this.client.request(type, { room: this.id, ...fields }); }
    edit(messageId, content) { return this.request('message_edit', { message_id: messageId, content }); }
    delete(messageId) { return this.request('message_delete', { message_id: messageId }); }
    pin(messageId) { return this.request('message_pin', { message_id: messageId }); }
    unpin(messageId) { return this.request('message_unpin', { message_id: messageId }); }
    react(messageId, emoji) { return this.request('reaction_add', { message_id: messageId, emoji }); }
    unreact(messageId, emoji) { return this.request('reaction_remove', { message_id: messageId, emoji }); }
    shareDocument(documentId) { return this.request('document_share', { document_id: documentId }); }
    highlight(documentId, highlight) {
        return this.request('highlight_create', { document_id: documentId, highlight });
    }
    history(range) { return this.request('history', range); }
    search(query, range) { return this.request('search', { query, ...range }); }
    presence(range) { return this.request('presence', range); }
    typing(isTyping) { if (this.joined) this.client._hint(isTyping ? 'typing_start' : 'typing_stop', { room: this.id }); }

    markRead(seq) {
        if (seq <= this.readSeq) return;
        this.readSeq = seq;
        this.unread = 0;
        if (this.joined) this.client._hint('read_marker', { room: this.id, seq });
    }

    #become(state, extra = {}) {
        Object.assign(this, { state, error: null, reason: null, message: null }, extra);
        this.client.clock.clearTimeout(this.#timer);
        this.emit('state', { state, ...extra, behind: this.behind });
        this.client._roomsChanged();
    }

    // The parts below are called by the client; applications have no use for them.

    _connected() { if (this.#wanted) { this.#become('joining'); this.#enter(); } }

    _disconnected() {
        this.#held = null;
        if (this.joined) { this.#arrival = deferred(); this.#become('joining'); }
    }

    async #enter() {
        if (this.#joining || !this.client.ready) return;
        this.#joining = true;
        const { history, ...hints } = this.#wanted;
        const since = this.epoch ? { epoch: this.epoch, seq: this.seq } : undefined;
        const receive = reply => {
            this.#joining = false;
            if (this.#wanted) this.#arrived(reply, since, history);
            else this.client.request('leave', { room: this.id }).catch(() => {});
        };
        try {
            await this.client.request('join', { room: this.id, since, ...!since && { history }, ...hints }, { receive });
        } catch (error) {
            this.#joining = false;
            this.#notJoined(error);
        }
    }

    #notJoined(error) {
        if (error.code === 'offline' || !this.#wanted) return;
        const again = ms => {
            this.#timer = this.client.clock.setTimeout(() => this.#wanted && this.#enter(), ms);
        };
        // Only a fresh join tells from where the pushes go on.
        if (error.code === 'already_joined') return this.#leaveAnd(again);
        if (error.temporary) return again(error.retry_after_ms ?? 2_000);
        this.#wanted = null;
        this.#become('refused', { error });
        this.#arrival.reject(error);
        this.client.outbox.refuseAll(this.id, error);
    }

    #leaveAnd(again) {
        return this.client.request('leave', { room: this.id }).then(() => again(0), () => again(1_000));
    }

    #arrived(reply, since, history) {
        const readHere = this.readSeq;
        Object.assign(this, {
            role: reply.role, info: reply.room, readSeq: reply.read_seq ?? 0, unread: reply.unread ?? 0,
            people: new Map((reply.people ?? []).map(person => [person.id, person])), peopleCount: reply.people_count,
        });
        const resumed = since && reply.recovered;
        this.epoch = reply.epoch;
        if (since && !resumed) return this.#startOver(reply.seq, 'gap', reply);
        if (!resumed) {
            this.seq = reply.seq;
            const messages = reply.messages ?? [];
            this.#reset(reply, messages, messages.length >= history, 'joined');
        }
        this.#target = reply.seq;
        const isBehind = this.seq < reply.seq;
        this.#become(isBehind ? 'catching_up' : 'live');
        // Read while the line was down: the server has yet to hear of it. Not so when its numbering began anew.
        if (resumed && readHere > this.readSeq) this.markRead(readHere);
        if (isBehind) {
            this.#timer = this.client.clock.setTimeout(() => this.#startOver(reply.seq, 'late'), CATCH_UP_MS);
        }
        this.#settled(reply);
    }

    #reset(reply, messages, moreBefore, why) {
        for (const message of messages) this.client.outbox.seen(this.id, message, message.seq);
        this.emit('reset', { messages, moreBefore, why, joined: reply });
    }

    #settled(reply) {
        this.emit('joined', reply);
        this.emit('presence', { joined: [...this.people.values()], left: [], count: this.peopleCount, isWhole: true });
        this.#arrival.resolve(reply);
        this.client.outbox.flush(this.id);
    }

    /** What was missed cannot be had: forget the room and fetch its end; what comes meanwhile is held. */
    async #startOver(seq, why, reply = null) {
        if (this.#held || !this.#wanted) return;
        const held = this.#held = [];
        this.#target = this.seq = seq;
        try {
            const page = await this.history({ limit: Math.min(100, Math.max(1, this.#wanted.history)) });
            if (this.#held !== held) return;
            this.#held = null;
            this.#reset(reply, page.messages, page.more_before, why);
            this.#become('live');
            for (const push of held) this._receive(push);
            if (reply) this.#settled(reply);
        } catch (error) {
            if (this.#held !== held) return;
            this.#held = null;
            this.epoch = null;
            this.#notJoined(error.temporary ? failure('already_joined') : error);
        }
    }

    _receive(push) {
        if (push.type === 'left') return this.#removed(push);
        if (push.type === 'gap') return this.#startOver(Math.max(this.seq, push.to ?? 0), push.reason);
        if (Number.isInteger(push.seq) && !NOT_NUMBERED.has(push.type)) return this.#numbered(push);
        if (push.type === 'typing_status') return this.emit('typing', push);
        if (push.type === 'read_updated') return this.#read(push);
        if (push.type === 'receipt') return this.#receipt(push);
        if (push.type === 'room_updated') {
            this.info = { ...this.info, ...push.info };
            return this.emit('info', this.info);
        }
        if (/^(user_joined|user_left|presence_diff)$/.test(push.type)) return this.#presence(push);
        // Under another name from now on; who joins and who does not, does not change.
        if (push.type === 'user_updated' && this.people.has(push.user.id)) this.people.set(push.user.id, push.user);
        this.emit('push', push);
    }

    #numbered(push) {
        if (this.#held) return void this.#held.push(push);
        if (!this.joined || push.seq <= this.seq) return;
        if (push.seq > this.seq + 1) {
            // A hole. Ask for what lies between; all that arrives until then will be sent again.
            this.#become('joining');
            return void this.#enter();
        }
        this.seq = push.seq;
        if (push.message) this.client.outbox.seen(this.id, push.message, push.seq);
        this.emit('event', push);
        if (EVENT_NAMES[push.type]) this.emit(EVENT_NAMES[push.type], push);
        if (this.state === 'catching_up') {
            if (this.seq >= this.#target) this.#become('live');
            else this.client._roomsChanged();
        }
    }

    #presence(push) {
        const joined = push.joined ?? (push.type === 'user_joined' ? [push.user] : []);
        const left = push.left ?? (push.type === 'user_left' ? [push.user] : []);
        for (const person of joined) this.people.set(person.id, person);
        for (const person of left) this.people.delete(person.id ?? person);
        this.peopleCount = push.people_count ?? this.people.size;
        this.emit('presence', { joined, left, count: this.peopleCount, isWhole: false });
    }

    #read(push) {
        if ((push.user?.id ?? push.user) === this.client.user?.id) this.readSeq = Math.max(this.readSeq, push.seq);
        this.emit('read', push);
    }

    /** Notes that the sender of a message wants to know who has it. */
    _ask(seq) {
        this.#asked.set(seq, 'sent');
        if (this.#asked.size > ASKED_LIMIT) this.#asked.delete(this.#asked.keys().next().value);
    }

    /** What the others have of a message of one's own: `sent`, `delivered` or `read`; null where nobody asked. */
    receiptOf(seq) { return this.#asked.get(seq) ?? null; }

    #receipt({ from, seq, status }) {
        for (const [one, now] of this.#asked) {
            if (one >= from && one <= seq && now !== 'read') this.#asked.set(one, status);
        }
        this.emit('receipt', { from, seq, status });
    }

    #removed(push) {
        if (!this.#wanted) return;
        this.#wanted = null;
        this.epoch = null;
        const error = failure(push.reason ?? 'left', push.message ?? 'You are no longer in this room.');
        this.#become('removed', { reason: push.reason ?? 'left', message: push.message ?? null });
        this.#arrival.reject(error);
        this.client.outbox.refuseAll(this.id, error);
    }
}

/** Streams whose values replace each other: readers that lag, or ask for less, get the newest alone, so holes are no loss. */
const VALUES = { price_update: ['price:', 'symbol'], risk_update: ['risk:', 'symbol'], portfolio_update: ['portfolio:', 'portfolio'], leaderboard_update: ['leaderboard:', 'board'] };
const isOfValues = channel => Object.values(VALUES).some(([prefix]) => channel.startsWith(prefix));
/** What the channels of watch-lists begin with. */
const LIST = 'watchlist:';
/** Positions of one request; with more the newest values are asked for instead, since the request would be too long. */
const SINCE_LIMIT = 400;

/** Channels or patterns of channels, kept subscribed and resumed across reconnects. */
class Subscription extends Emitter {
    #positions = new Map();
    #channels = [];
    #patterns = [];
    /** The channels that watch-lists among them bring, by list. */
    #lists = new Map();
    /** Channels that the server did not take for now, until they are asked for again. */
    #owed = new Set();
    #timer = null;

    constructor(client, channels, options) {
        super();
        Object.assign(this, { client, options, active: false, error: null });
        this.#set(channels);
    }

    get channel() { return this.#channels[0]; }
    get channels() { return [...this.#channels]; }

    #set(channels) {
        this.#channels = [...new Set(channels)];
        this.#patterns = this.#channels.filter(name => name.endsWith('*')).map(name => name.slice(0, -1));
        for (const list of this.#lists.keys()) if (!this.#channels.includes(list)) this.#lists.delete(list);
    }

    /** Whether what is said on the channel is for this one. */
    takes(channel) {
        return this.#channels.includes(channel) || this.#patterns.some(start => channel.startsWith(start))
            || [...this.#lists.values()].some(brought => brought.has(channel));
    }

    /** A watch-list as it is now: what it brings comes without being named. */
    #listed(list, { symbols }) {
        this.#lists.set(list, new Set(symbols.map(symbol => `price:${symbol}`)));
        this.#forget();
    }

    /** Positions in what is not wanted any more. */
    #forget() {
        for (const known of [...this.#positions.keys()]) if (!this.takes(known)) this.#positions.delete(known);
    }

    /** Asks for the channels: those given, which are new to the server, or all after a reconnect. */
    async _connected(channels = this.#channels) {
        if (!channels.length) return;
        // All are asked for: nothing is owed any more.
        if (channels === this.#channels) this.#owed.clear();
        const isResumable = this.#positions.size <= SINCE_LIMIT;
        const since = Object.fromEntries([...this.#positions].filter(() => isResumable));
        const { minIntervalMs, batch, fields } = this.options;
        try {
            const receive = reply => {
                Object.assign(this, { active: true, error: null });
                this._snapshot(reply);
                this.emit('subscribed', { channels, count: Object.keys(reply.channels ?? {}).length });
            };
            await this.client.request('subscribe', {
                channels, ...Object.keys(since).length && { since },
                ...minIntervalMs && { min_interval_ms: minIntervalMs }, ...batch && { batch }, ...fields && { fields },
            }, { receive });
        } catch (error) {
            this.error = error;
            if (error.temporary) this.#later(channels, error);
            else if (error.code !== 'offline') this.emit('error', error);
        }
    }

    /** Asks again when the server says, and whoever shows the channels may say so meanwhile. */
    #later(channels, error) {
        for (const one of channels) this.#owed.add(one);
        const run = () => {
            this.#timer = null;
            const owed = this.#channels.filter(one => this.#owed.delete(one));
            this.#owed.clear();
            if (this.client._subscribed(this)) this._connected(owed);
        };
        this.client.clock.clearTimeout(this.#timer);
        this.#timer = this.client.clock.setTimeout(run, Math.max(2_000, error.retry_after_ms ?? 0));
        this.emit('delayed', error);
    }

    _snapshot({ channels }) {
        for (const [channel, { values }] of Object.entries(channels ?? {})) {
            const list = this.#channels.includes(channel) && channel.startsWith(LIST) && values?.[channel.slice(LIST.length)];
            if (list) this.#listed(channel, list);
        }
        for (const [channel, value] of Object.entries(channels ?? {})) {
            if (!this.takes(channel)) continue;
            // A resumed one goes on from where it was: what was missed follows, with offsets of its own.
            const known = this.#positions.get(channel);
            if (!known || !value.recovered) this.#positions.set(channel, { epoch: value.epoch, offset: value.offset });
            this.emit('snapshot', { channel, ...value });
        }
    }

    _receive(push) {
        const position = this.#positions.get(push.channel);
        if (push.type === 'gap') {
            if (position) position.offset = push.to;
            return this.emit('gap', push);
        }
        if (position && Number.isInteger(push.offset)) {
            if (push.offset <= position.offset) return;
            const isHole = push.offset > position.offset + 1 && !isOfValues(push.channel);
            if (isHole && !this.options.minIntervalMs && this.active) {
                this.active = false;
                return void this._connected();
            }
            if (!this.active && isHole) return;
            position.offset = push.offset;
        }
        if (push.type === 'watchlist_update') this.#listed(push.channel, push);
        this.emit('publication', push);
    }

    /** From now on these channels: only what is new is asked for, and what is not among them is left. */
    async setChannels(channels) {
        const had = new Set(this.#channels);
        this.#set(channels);
        const added = this.#channels.filter(one => !had.delete(one));
        this.#forget();
        if (!this.client._subscribed(this)) return;
        const left = [...had];
        await Promise.all([
            left.length ? this.client.request('unsubscribe', { channels: left }).catch(() => {}) : null,
            this._connected(added),
        ]);
    }

    async unsubscribe() {
        this.client._dropped(this);
        if (this.#channels.length) await this.client.request('unsubscribe', { channels: this.channels }).catch(() => {});
    }
}

/** The connection as an application sees it: one object for the whole life of a page. */
export class StoaClient extends Emitter {
    #connection = null;
    #rooms = new Map();
    #subscriptions = new Set();
    #attempt = 0;
    #retry = null;
    #tick = null;
    #tickedAt = 0;
    #renewal = null;
    #lastToken = null;
    #liveSince = 0;
    /** When the server has asked us to be elsewhere; null while it stays. */
    #movesAt = null;
    #moving = null;
    #arrival = null;
    #serial = 0;
    #stopWatching = [];

    /**
     * `token` is a string, or a function that returns one (or a promise of one) and is called anew whenever one is needed.
     * The rest is for tests and unusual surroundings; stoa.d.ts has it all.
     */
    constructor({
        url, token, user = null, WebSocket = globalThis.WebSocket, storage = safeStorage(), clock = REAL_CLOCK,
        random = Math.random, surroundings = globalThis, outboxLimit = 200,
    }) {
        super();
        Object.assign(this, { url: String(url), token, WebSocket, clock, random, surroundings });
        Object.assign(this, { user: null, welcome: null, state: { name: 'idle' }, ready: false });
        this.outbox = new Outbox(this, storage, outboxLimit);
        const owner = user ?? (typeof token === 'string' ? tokenClaims(token).sub : null);
        if (owner) this.outbox.open(owner);
    }

    /** Connects, and keeps connected until `close`. */
    connect() {
        if (this.#tick) return;
        this.#watch();
        this.#become('connecting');
        this.#open();
    }

    /** Ends it for good. What the outbox holds stays for the next time. */
    close() {
        this.#stop('closed', {});
        this.#connection?.end(1000, 'closed');
    }

    /** Does not wait for the next try. */
    retryNow() {
        if (this.#retry === null) return;
        this.clock.clearTimeout(this.#retry);
        this.#retry = null;
        this.#open();
    }

    room(id) { return this.#rooms.get(id) ?? this.#rooms.set(id, new Room(this, id)).get(id); }

    /** One channel or pattern, or several that have the same options. */
    subscribe(channels, options = {}) {
        const names = [channels].flat();
        const known = [...this.#subscriptions].find(one => names.length === one.channels.length && names.every(name => one.channels.includes(name)));
        if (known) return known;
        const subscription = new Subscription(this, names, options);
        this.#subscriptions.add(subscription);
        if (this.ready) subscription._connected();
        return subscription;
    }

    publish(channel, data) { return this.request('publish', { channel, data, client_id: crypto.randomUUID() }); }

    /** Sends a request; resolves with its one reply, rejects with a `StoaError`. */
    request(type, fields = {}, options = {}) {
        if (!this.ready) return Promise.reject(failure('offline', 'There is no connection to the server.'));
        return this.#connection.request(type, fields, options);
    }

    _hint(type, fields) { if (this.ready) this.#connection.hint(type, fields); }
    _subscribed(subscription) { return this.ready && this.#subscriptions.has(subscription); }
    _dropped(subscription) { this.#subscriptions.delete(subscription); }

    #become(name, extra = {}) {
        const since = name === this.state.name ? this.state.since : this.clock.now();
        this.state = { name, since, ...extra };
        this.emit('state', this.state);
    }

    /** While rooms catch up the whole client does: that is what a person wants to know. */
    _roomsChanged() {
        if (!this.ready) return;
        const missed = [...this.#rooms.values()].reduce((sum, room) => sum + room.behind, 0);
        if (missed > 0) this.#become('catching_up', { missed });
        else if (this.state.name !== 'live') this.#become('live');
    }

    async #open() {
        const serial = ++this.#serial;
        this.#retry = null;
        if (this.state.name === 'offline') this.#become('offline', { retryAt: null, isTrying: true });
        let token;
        try {
            token = typeof this.token === 'function' ? await this.token() : this.token;
        } catch (error) {
            if (serial !== this.#serial) return;
            const isFinal = /^(signed_out|unauthenticated|token_(invalid|expired|revoked))$/.test(error?.code);
            return isFinal ? this.#stop('signed_out', { reason: error.code }) : this.#lost({ reason: 'token_unavailable' });
        }
        if (serial !== this.#serial || !this.#tick) return;
        if (!token) return this.#stop('signed_out', { reason: 'unauthenticated' });
        this.#lastToken = token;
        try {
            const socket = new this.WebSocket(this.url, ['stoa.v1']);
            this.#connection = new Connection(this, { socket, token, clock: this.clock });
        } catch { this.#lost({ reason: 'unreachable' }); }
    }

    _welcomed(connection, welcome) {
        this.welcome = welcome;
        this.user = welcome.user;
        this.ready = true;
        this.#liveSince = this.clock.now();
        this.#stay();
        this.outbox.open(welcome.user.id);
        this.#planRenewal(welcome.expires_at);
        this.emit('welcome', welcome);
        for (const subscription of this.#subscriptions) subscription._connected();
        // Rooms that only the outbox knows of are joined too: what was promised gets sent.
        for (const id of this.outbox.rooms()) {
            if (this.room(id).state === 'idle' && this.room(id).outbox.some(entry => entry.status !== 'refused')) {
                this.room(id).join().catch(() => {});
            }
        }
        for (const room of this.#rooms.values()) room._connected();
        this._roomsChanged();
    }

    _pushed(message) {
        if (message.type === 'reconnect') {
            this.#movesAt = this.clock.now() + (message.after_ms ?? 0);
            this.#planMove(message.after_ms ?? 0);
            return this.emit('reconnect', message);
        }
        if (message.type === 'error') return this.#warned(new StoaError(message), message.room);
        if (message.type === 'token_expiring') this.#expires(message.expires_at);
        if (message.type === 'snapshot') {
            for (const subscription of this.#subscriptions) subscription._snapshot(message);
            return;
        }
        if (message.channel !== undefined) this.#published(message);
        else if (message.values && VALUES[message.type]) this.#publishedTogether(message);
        else if (message.type === 'unread_updated') this.emit('unread', message);
        else if (message.room !== undefined) this.#rooms.get(message.room)?._receive(message);
        else this.emit('push', message);
    }

    /** An error that answers no request; of a room it is a warning to those inside. */
    #warned(error, room) {
        this.#rooms.get(room)?.emit('warning', error);
        this.emit('error', error);
    }

    /** Values of several channels in one message, as subscriptions with `batch` get them. */
    #publishedTogether({ type, values }) {
        const [prefix, member] = VALUES[type];
        for (const [key, value] of Object.entries(values)) this.#published({ type, channel: prefix + key, [member]: key, ...value });
    }

    #published(message) {
        for (const subscription of this.#subscriptions) {
            if (subscription.takes(message.channel)) subscription._receive(message);
        }
        if (message.channel !== 'me') return;
        this.emit(message.type === 'unread_updated' ? 'unread' : 'push', message);
    }

    _ended(connection, code, reason) {
        if (this.#connection !== connection) return;
        this.#connection = null;
        const wasReady = this.ready;
        this.ready = false;
        this.clock.clearTimeout(this.#renewal);
        this.clock.clearTimeout(this.#moving);
        if (wasReady) for (const room of this.#rooms.values()) room._disconnected();
        const arrival = this.#arrival;
        this.#arrival = null;
        if (!this.#tick) return void arrival?.socket.close();
        if (arrival) return this.#arrive(arrival);
        const words = CLOSE_REASONS[code] ?? (reason || 'connection_lost');
        const isTokenFixed = typeof this.token === 'string';
        if (code === 4503) this.#stop('removed', { reason: words, code });
        else if (code === 4501 || code === 4502 || (code === 4001 && isTokenFixed)) this.#stop('signed_out', { reason: words, code });
        else if ((code >= 4500 && code <= 4999) || NOT_MENDED_BY_COMING_BACK.has(code)) {
            this.#stop('stopped', { reason: words, code });
        } else this.#lost({ reason: words, code });
    }

    #lost(extra) {
        if (this.#liveSince && this.clock.now() - this.#liveSince > STEADY_AFTER_MS) this.#attempt = 0;
        this.#liveSince = 0;
        const isAtOnce = extra.code === 4001 && this.#attempt === 0;
        const ceiling = Math.min(BACKOFF_CEILING_MS, BACKOFF_FLOOR_MS * 2 ** this.#attempt++);
        // Where nobody took us in before the server was gone, that moment is over: then everybody has it at once.
        const hinted = this.#movesAt === null ? 0 : this.#movesAt - this.clock.now();
        const delay = hinted > 0 ? hinted : isAtOnce ? 0 : Math.round(this.random() * ceiling);
        this.#stay();
        this.#retry = this.clock.setTimeout(() => this.retryNow(), delay);
        this.#become('offline', { retryAt: this.clock.now() + delay, isTrying: false, attempt: this.#attempt, ...extra });
    }

    // Moving. A server that goes away gives each client a moment of its own to go. Another one may be there, or the next
    // one not yet: we stay until somebody answers, and no message waits.

    #stay() {
        this.clock.clearTimeout(this.#moving);
        this.#movesAt = this.#moving = null;
    }

    #planMove(delay) {
        this.clock.clearTimeout(this.#moving);
        this.#moving = this.clock.setTimeout(() => this.#knock(), delay);
    }

    async #knock() {
        const old = this.#connection;
        const isStill = () => this.ready && old === this.#connection;
        const later = () => { if (isStill()) this.#planMove(KNOCK_AGAIN_MS * (1 + this.random())); };
        try {
            const token = typeof this.token === 'function' ? await this.token() : this.token;
            if (!isStill() || !token) return;
            const socket = new this.WebSocket(this.url, ['stoa.v1']);
            Object.assign(socket, { onerror: () => {}, onclose: later, onopen: () => this.#leaveFor(old, { socket, token }) });
        } catch { later(); }
    }

    /** Once what has been asked is answered, at most a moment later: the other side waits for our token. */
    #leaveFor(old, arrival, patience = LEAVE_MS) {
        if (arrival.socket.readyState > OPEN) return;
        if (!this.ready || old !== this.#connection) return arrival.socket.close();
        if (old.isAsking && patience > 0) {
            this.clock.setTimeout(() => this.#leaveFor(old, arrival, patience - LOOK_MS), LOOK_MS);
            return;
        }
        this.#arrival = arrival;
        old.end(1000, 'moved');
    }

    #arrive({ socket, token }) {
        this.#lastToken = token;
        this.#become('connecting');
        this.#connection = new Connection(this, { socket, token, clock: this.clock });
    }

    #stop(name, extra) {
        for (const undo of this.#stopWatching.splice(0)) undo();
        for (const timer of [this.#retry, this.#renewal, this.#tick, this.#moving]) this.clock.clearTimeout(timer);
        this.#retry = this.#tick = null;
        this.#serial++;
        this.#become(name, extra);
    }

    #planRenewal(expiresAt) {
        this.clock.clearTimeout(this.#renewal);
        if (!expiresAt || typeof this.token !== 'function') return;
        const left = expiresAt - this.clock.now();
        const delay = Math.max(5_000, left - Math.max(30_000, left / 10));
        this.#renewal = this.clock.setTimeout(() => this.#renew(expiresAt), delay);
    }

    /** The server's word is better than our clock's: renewed now, also where our own plan was for later. */
    #expires(at) {
        if (typeof this.token !== 'function') return;
        this.clock.clearTimeout(this.#renewal);
        this.#renew(at);
    }

    async #renew(expiresAt) {
        try {
            const token = await this.token();
            const isNew = token !== this.#lastToken;
            const reply = isNew ? await this.request('auth', { token }) : { expires_at: expiresAt };
            this.#lastToken = token;
            this.#planRenewal(reply.expires_at ?? tokenClaims(token).exp * 1_000);
        } catch {
            // Try again while the old one lasts; after that the server says 4001 and the reconnect asks anew.
            if (this.ready && this.clock.now() < expiresAt - 10_000) {
                this.#renewal = this.clock.setTimeout(() => this.#renew(expiresAt), 5_000);
            }
        }
    }

    /** Looks out for sleep, silence and changes of network, none of which a socket reports by itself. */
    #watch() {
        const tick = () => {
            const hasSlept = this.clock.now() - this.#tickedAt > TICK_MS + SLEPT_MS;
            this.#look({ isSuspicious: hasSlept });
            this.#tickedAt = this.clock.now();
            this.#tick = this.clock.setTimeout(tick, TICK_MS);
        };
        this.#tickedAt = this.clock.now();
        this.#tick = this.clock.setTimeout(tick, TICK_MS);
        const listen = (target, type, run) => {
            target?.addEventListener?.(type, run);
            this.#stopWatching.push(() => target?.removeEventListener?.(type, run));
        };
        const page = this.surroundings.document;
        listen(this.surroundings, 'online', () => this.#look({ isSuspicious: true }));
        listen(this.surroundings, 'offline', () => this.#connection?.probe(2_000));
        listen(page, 'visibilitychange', () => page.visibilityState === 'visible' && this.#look({ isSuspicious: true }));
    }

    #look({ isSuspicious }) {
        if (isSuspicious) this.retryNow();
        const connection = this.#connection;
        if (!connection || !this.ready) return;
        const silence = this.clock.now() - connection.heardAt;
        const patience = (this.welcome.ping_ms ?? 25_000) + SILENCE_MARGIN_MS;
        if (silence > patience || (isSuspicious && silence > 1_000)) connection.probe();
    }
}

/** Storage may be forbidden (private windows, sandboxes): then the outbox lives in memory. */
function safeStorage() {
    try { return globalThis.localStorage ?? null; } catch { return null; }
}
