// The leaderboard that is shown: the first ten by its stream, oneself and one's neighbours by asking. On a WebSocket a room's
// stream is for those who are in the room, and who only looks at its board is not to be seen there: its members poll it.

import { Emitter } from '../../../client/stoa.js';
import { Poll } from '../poll.js';
import { roomOf } from './place.js';

/** Neighbours are asked for no more often than this, however often the first ten change. */
const ASK_MS = 2_000;
/** A board that is refused, or its stream, is looked at again so often. */
const AGAIN_MS = 30_000;

export class Board extends Emitter {
    #name = null;
    #serial = 0;
    #askedAt = 0;
    #timer = null;
    /** Offset of the newest first ten: an answer that is on its way may be older. */
    #told = 0;
    /** What follows a room's. */
    #poll = null;

    constructor(desk) {
        super();
        Object.assign(this, { desk, view: null, error: null, streamError: null });
        this.stream = desk.client.subscribe([]);
        this.stream.on('snapshot', ({ values }) => { for (const value of Object.values(values ?? {})) this.#first(value); });
        this.stream.on('publication', push => this.#first(push));
        this.stream.on('error', error => { this.streamError = error; this.emit('change'); });
        this.stream.on('subscribed', () => { this.streamError = null; this.emit('change'); });
        desk.client.on('welcome', () => { this.ask(); this.#poll?.now(); });
        desk.client.on('push', ({ type }) => { if (type === 'progress') this.ask(); });
        setInterval(() => { if ((this.streamError || this.isOfRoom && this.error) && !document.hidden) this.ask(); }, AGAIN_MS);
    }

    get name() { return this.#name; }
    get isOfRoom() { return this.#name !== null && roomOf(this.#name) !== null; }

    show(name) {
        if (name === this.#name) return;
        Object.assign(this, { view: null, error: null, streamError: null });
        this.#name = name;
        this.#told = 0;
        this.stream.setChannels(this.isOfRoom ? [] : [`leaderboard:${name}`]);
        this.#poll?.stop();
        this.#poll = null;
        this.emit('change');
        this.#askedAt = 0;
        this.ask();
    }

    /** A member may follow a room's; where they are that no more, what is asked for next says so. */
    #follow(name) {
        const channel = `leaderboard:${roomOf(name)}`;
        const tell = value => { if (name === this.#name && value) this.#first({ ...value, board: name }); };
        return new Poll(this.desk.api, channel, {
            heard: message => {
                if (message.type === 'leaderboard_update') tell(message);
                else if (message.type === 'snapshot') Object.values(message.channels?.[channel]?.values ?? {}).forEach(tell);
            },
            failed: error => {
                if (name !== this.#name) return;
                Object.assign(this, { streamError: error });
                this.#poll = null;
                this.emit('change');
                this.ask();
            },
        });
    }

    #first({ count, top, board }) {
        if (!top || board !== undefined && board !== this.#name) return;
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
            if (room) {
                this.streamError = null;
                this.#poll ??= this.#follow(name);
            }
        } catch (error) {
            if (serial !== this.#serial || name !== this.#name) return;
            this.error = error;
        }
        this.emit('change');
    }
}
