// The leaderboard that is shown: the first ten by its stream, oneself and one's neighbours by asking.

import { Emitter } from '../../../client/stoa.js';
import { roomOf } from './place.js';

/** Neighbours are asked for no more often than this, however often the first ten change. */
const ASK_MS = 2_000;
/** A board whose stream there is none of is looked at again so often. */
const AGAIN_MS = 30_000;

export class Board extends Emitter {
    #name = null;
    #serial = 0;
    #askedAt = 0;
    #timer = null;
    #endings = [];
    /** Offset of the newest first ten: an answer that is on its way may be older. */
    #told = 0;

    constructor(desk) {
        super();
        Object.assign(this, { desk, view: null, error: null, streamError: null });
        this.stream = desk.client.subscribe([]);
        this.stream.on('snapshot', ({ values }) => { for (const value of Object.values(values ?? {})) this.#first(value); });
        this.stream.on('publication', push => this.#first(push));
        this.stream.on('error', error => { this.streamError = error; this.emit('change'); });
        this.stream.on('subscribed', () => { this.streamError = null; this.emit('change'); });
        desk.client.on('welcome', () => this.ask());
        desk.client.on('push', ({ type }) => { if (type === 'progress') this.ask(); });
        setInterval(() => { if (this.streamError && !document.hidden) this.ask(); }, AGAIN_MS);
    }

    get name() { return this.#name; }

    show(name) {
        if (name === this.#name) return;
        const before = this.#name && roomOf(this.#name);
        for (const end of this.#endings.splice(0)) end();
        Object.assign(this, { view: null, error: null, streamError: null });
        this.#name = name;
        this.#told = 0;
        const room = roomOf(name);
        if (room) this.#enter(room); else this.stream.setChannels([`leaderboard:${name}`]);
        if (before) this.desk.client.room(before).leave();
        this.emit('change');
        this.#askedAt = 0;
        this.ask();
    }

    /** A room's is for those who are in it on this connection. */
    #enter(id) {
        const room = this.desk.client.room(id);
        this.stream.setChannels([]);
        this.#endings.push(room.on('state', ({ state, error }) => {
            // Where the line breaks the room is joined anew first, and then the stream.
            this.stream.setChannels(room.joined ? [`leaderboard:${id}`] : []);
            if (state === 'refused' || state === 'removed') {
                this.streamError = error ?? { message: 'You are no longer in this room.' };
                this.emit('change');
            }
        }));
        room.join({ history: 0 }).catch(() => {});
    }

    #first({ count, top, board }) {
        const expected = roomOf(this.#name) ?? this.#name;
        if (!top || board !== undefined && board !== expected) return;
        this.#told++;
        const { neighbours = [], own = null } = this.view ?? {};
        this.view = { count, top, neighbours, own: top.find(({ user }) => user.id === this.desk.me.id) ?? own };
        this.error = null;
        this.emit('change');
        this.ask();
    }

    /** Asks for the whole, now or as soon as it is time again. */
    ask() {
        if (!this.#name || this.#timer !== null) return;
        const wait = Math.max(0, this.#askedAt + ASK_MS - Date.now());
        this.#timer = setTimeout(() => { this.#timer = null; this.#read(); }, wait);
    }

    async #read() {
        const [name, told, serial] = [this.#name, this.#told, ++this.#serial];
        this.#askedAt = Date.now();
        const room = roomOf(name);
        try {
            const view = await this.desk.api.get(`leaderboards/${room ? `room:${encodeURIComponent(room)}` : name}`);
            if (serial !== this.#serial || name !== this.#name) return;
            // The stream's first ten are newer than the answer's where they came while it was on its way.
            this.view = told === this.#told ? view : { ...view, top: this.view.top, count: this.view.count };
            this.error = null;
        } catch (error) {
            if (serial !== this.#serial || name !== this.#name) return;
            this.error = error;
        }
        this.emit('change');
    }
}
