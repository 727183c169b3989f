// Everything one signed-in person has open: the connection, the rooms, which one is looked at.

import { Emitter, StoaClient } from '../../client/stoa.js';
import { BASE } from './api.js';
import { Notes } from './notes.js';
import { attempt } from './overlay.js';
import { Directory, RoomModel, idOf } from './room-model.js';

/** We stay present in the rooms visited last; more than this and the oldest is left. */
const JOINED_ROOMS = 6;
/** How long a farewell may take before we go without it. */
const DEPART_MS = 1_000;

export class Workspace extends Emitter {
    #models = new Map();
    #visited = [];

    constructor(session) {
        super();
        const url = new URL('ws', BASE);
        url.protocol = url.protocol.replace('http', 'ws');
        Object.assign(this, {
            session, api: session.api, me: session.me, rooms: new Map(), hidden: new Set(), directory: new Directory(),
            current: null, roomsError: null, areRoomsLoaded: false, skew: 0,
        });
        this.directory.learn(this.me);
        this.client = new StoaClient({ url, token: () => session.current(), user: this.me.id });
        this.client.on('welcome', ({ at }) => {
            this.skew = at - Date.now();
            this.loadRooms();
            this.#loadHidden();
        });
        this.client.on('unread', push => this.#unreadElsewhere(push));
        this.client.on('state', state => this.emit('state', state));
        this.client.subscribe('me');
        this.notes = new Notes(this);
        // What an earlier page could not send is shown, and sent, from the start.
        for (const id of this.client.outbox.rooms()) this.model(id);
        this.client.connect();
    }

    /** The server's time: ages are told by it. */
    now() { return Date.now() + this.skew; }

    model(id) {
        const known = this.#models.get(id);
        if (known) return known;
        const room = this.client.room(id);
        const model = new RoomModel(room, this.directory);
        this.#models.set(id, model);
        room.on('joined', reply => this.#summarise(id, {
            ...reply.room, role: reply.role, unread: reply.unread, read_seq: reply.read_seq, ...reply.unread ? {} : { mentions: 0 },
        }));
        room.on('reset', ({ messages }) => messages.length && this.#summarise(id, { last_message: messages.at(-1) }));
        room.on('push', ({ type, user }) => { if (type === 'user_updated' && user.id === this.me.id) this.rename(user.name); });
        room.on('info', info => this.#summarise(id, info));
        room.on('warning', error => this.emit('warning', { id, error }));
        room.on('state', ({ state }) => {
            if (state === 'removed') {
                this.emit('removed', { id, name: this.rooms.get(id)?.name, reason: room.reason });
                this.forget(id);
            }
            if (state === 'refused') this.#learnName(room);
            this.emit('room', id);
        });
        room.on('read', push => { if (idOf(push.user) === this.me.id) this.#readElsewhere(id, push.seq); });
        model.on('message', message => this.#noticed(id, message));
        model.on('deleted', push => this.#uncounted(id, push));
        return model;
    }

    async loadRooms() {
        try {
            const { rooms } = await this.api.get('me/rooms');
            const fresh = new Map(rooms.map(room => [room.id, { ...this.rooms.get(room.id), ...room }]));
            for (const [id, room] of this.rooms) if (!fresh.has(id) && this.client.room(id).joined) fresh.set(id, room);
            this.rooms = fresh;
            this.roomsError = null;
        } catch (error) { this.roomsError = error; }
        this.areRoomsLoaded = true;
        this.emit('rooms');
    }

    /** A room that does not let us in may still tell what it is called. */
    async #learnName(room) {
        if (room.info) return;
        try { room.info = await this.api.get(this.api.room(room.id)); } catch { return; }
        this.emit('room', room.id);
    }

    async #loadHidden() {
        try { this.hidden = new Set((await this.api.get('me/hidden')).users); } catch { return; }
        this.emit('hidden');
    }

    #summarise(id, fields) {
        this.rooms.set(id, { unread: 0, mentions: 0, id, ...this.rooms.get(id), ...fields });
        this.emit('rooms');
    }

    forget(id) {
        this.rooms.delete(id);
        this.emit('rooms');
    }

    // Counting. Rooms that we are in are counted here, the others by the server.

    #noticed(id, message) {
        const isMine = message.author.id === this.me.id;
        const isForMe = (message.mentions ?? []).some(person => idOf(person) === this.me.id);
        const room = this.rooms.get(id) ?? {};
        this.#summarise(id, {
            last_message: message,
            unread: isMine || message.seq <= (room.read_seq ?? 0) ? room.unread ?? 0 : (room.unread ?? 0) + 1,
            mentions: (room.mentions ?? 0) + (isForMe && !isMine ? 1 : 0),
        });
        if (!isMine) this.emit('noticed', { id, message, isForMe });
    }

    #uncounted(id, push) {
        const room = this.rooms.get(id);
        const message = this.model(id).byId.get(push.message_id);
        if (room?.last_message?.id === push.message_id) room.last_message = { ...room.last_message, deleted: true };
        if (message && room?.unread > 0 && message.seq > (room.read_seq ?? 0) && message.author.id !== this.me.id) room.unread--;
        this.emit('rooms');
    }

    #unreadElsewhere({ room, unread, mentions }) {
        if (this.client.room(room).joined) return;
        if (this.rooms.has(room)) this.#summarise(room, { unread, mentions: mentions ?? 0 });
        else this.loadRooms();
    }

    #readElsewhere(id, seq) {
        const later = this.model(id).messages.filter(message => message.seq > seq && message.author.id !== this.me.id);
        this.#summarise(id, { read_seq: seq, unread: later.length, mentions: 0 });
    }

    markRead(model) {
        const seq = model.lastSeq;
        const room = this.rooms.get(model.id);
        if (!room || !model.room.joined || (seq <= (room.read_seq ?? 0) && !room.unread)) return;
        model.room.markRead(seq);
        this.#summarise(model.id, { read_seq: seq, unread: 0, mentions: 0 });
    }

    // Going places.

    open(id, { invitation } = {}) {
        const model = this.model(id);
        this.current = id;
        this.#visited = [id, ...this.#visited.filter(one => one !== id)];
        model.newLineSeq = null;
        if (!model.room.joined) model.room.join({ invitation }).catch(() => {});
        for (const old of this.#visited.splice(JOINED_ROOMS)) if (!this.client.room(old).outbox.length) this.client.room(old).leave();
        this.emit('open', id);
        return model;
    }

    /** No longer a member. */
    async leave(id) {
        await this.client.room(id).leave();
        await this.api.delete(this.api.room(id, `/members/${encodeURIComponent(this.me.id)}`));
        this.forget(id);
    }

    async setHidden(id, isHidden) {
        const done = await attempt(() => this.api[isHidden ? 'put' : 'delete'](`me/hidden/${encodeURIComponent(id)}`));
        if (!done) return;
        this.hidden[isHidden ? 'add' : 'delete'](id);
        this.emit('hidden');
    }

    /** Somebody made us moderator, or took it back. */
    setRole(id, role) {
        this.client.room(id).role = role;
        this.#summarise(id, { role });
        this.emit('room', id);
    }

    /** I go by another name: here, or in another window. */
    rename(name) {
        if (this.me.name === name) return;
        this.me = { ...this.me, name };
        this.directory.learn(this.me);
        this.emit('me');
    }

    isModerator(id) { return ['owner', 'moderator'].includes(this.client.room(id).role ?? this.rooms.get(id)?.role); }
    isOwner(id) { return (this.client.room(id).role ?? this.rooms.get(id)?.role) === 'owner'; }

    /** Out of every room at once, without the grace that a lost connection has; membership stays. */
    depart() {
        const left = [...this.#models.values()].filter(({ room }) => room.joined).map(({ room }) => room.leave());
        return Promise.race([Promise.all(left), new Promise(resolve => setTimeout(resolve, DEPART_MS))]);
    }

    close() { this.client.close(); }
}
