// The leaderboard that is shown: the first ten by its stream, oneself and one's neighbours by asking. A room's is asked for
// alone: its stream is for those who are in the room, and who only looks at it is not to be seen there.

import { Emitter } from '../../../client/stoa.js';
import { roomOf } from './place.js';

/** Neighbours are asked for no more often than this, however often the first ten change. */
const ASK_MS = 2_000;
/** A board whose stream is refused is looked at again so often. */
const AGAIN_MS = 30_000;
/** And a room's, which has no stream here. */
export const ROOM_AGAIN_MS = 5_000;

export class Board extends Emitter {
    #name = null;
    #serial = 0;
    #askedAt = 0;
    #timer = null;
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
        setInterval(() => { if (this.isOfRoom && !document.hidden) this.ask(); }, ROOM_AGAIN_MS);
        document.addEventListener('visibilitychange', () => { if (this.isOfRoom && !document.hidden) this.ask(); });
    }

    get name() { return this.#name; }
    get isOfRoom() { return this.#name !== null && roomOf(this.#name) !== null; }

    show(name) {
        if (name === this.#name) return;
        Object.assign(this, { view: null, error: null, streamError: null });
        this.#name = name;
        this.#told = 0;
        this.stream.setChannels(this.isOfRoom ? [] : [`leaderboard:${name}`]);
        this.emit('change');
        this.#askedAt = 0;
        this.ask();
    }

    #first({ count, top, board }) {
        if (!top || this.isOfRoom || board !== undefined && board !== this.#name) return;
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
