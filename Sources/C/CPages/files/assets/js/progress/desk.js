// Everything one signed-in person has open on the page of progress: the connection, what they have and what they can earn.

import { Emitter, StoaClient } from '../../../client/stoa.js';
import { BASE } from '../api.js';
import { Notes } from '../notes.js';
import { Board } from './board.js';

/** Many gains at a time are read once. */
const GATHER_MS = 300;
/** What grows without a word, as how far one is with a badge, is looked at again so often. */
const AGAIN_MS = 60_000;

export class ProgressDesk extends Emitter {
    #timer = null;
    #reading = null;
    /** Earned while the page was open: they are marked, and stay so. */
    #fresh = new Set();
    /** Names of rooms that one is no member of; null where they are not told. */
    #elsewhere = new Map();

    constructor(session) {
        super();
        const url = new URL('ws', BASE);
        url.protocol = url.protocol.replace('http', 'ws');
        Object.assign(this, { session, api: session.api, me: session.me, skew: 0, own: null, error: null, isOff: false, rooms: [], preferences: null });
        this.client = new StoaClient({ url, token: () => session.current(), user: this.me.id });
        this.client.on('welcome', ({ at }) => {
            this.skew = at - Date.now();
            this.refresh();
            this.#learn();
        });
        this.client.on('state', state => this.emit('state', state));
        this.client.on('push', push => this.#push(push));
        this.notes = new Notes(this, { show: ({ kind, data }) => kind === 'achievement' ? () => this.emit('show', data.achievement) : null });
        this.on('preferences', preferences => { this.preferences = preferences; this.emit('own'); });
        this.board = new Board(this);
        setInterval(() => { if (!document.hidden) this.refresh(); }, AGAIN_MS);
        document.addEventListener('visibilitychange', () => { if (!document.hidden) this.refresh(); });
        this.client.connect();
        this.refresh();
        this.#learn();
    }

    /** The server's time: deadlines are told by it. */
    now() { return Date.now() + this.skew; }

    /** The time zone in which the person wants to be told times: their own choice, else the browser's. */
    get zone() {
        const chosen = this.preferences?.time_zone;
        return chosen && chosen !== 'UTC' ? chosen : localZone;
    }

    isFresh(id) { return this.#fresh.has(id); }
    roomName(id) { return this.rooms.find(room => room.id === id)?.name ?? this.#elsewhere.get(id) ?? null; }

    /** Reads where the person stands; what comes meanwhile is read once more. */
    refresh() {
        if (this.#reading) return void (this.#reading.isStale = true);
        const reading = { isStale: false };
        this.#reading = reading;
        this.#read().finally(() => {
            this.#reading = null;
            if (reading.isStale) this.refresh();
        });
    }

    async #read() {
        try {
            this.own = await this.api.get('me/progress');
            Object.assign(this, { error: null, isOff: false });
            this.#learnPlaces();
        } catch (error) {
            // What is shown already stays; that the server is away is the connection bar's to say.
            Object.assign(this, { error, isOff: error.code === 'not_found' });
        }
        this.emit('own');
    }

    #learn() {
        this.#learnRooms();
        this.api.get('me/preferences').then(preferences => { this.preferences = preferences; this.emit('own'); }).catch(() => {});
    }

    async #learnRooms() {
        try {
            const { rooms } = await this.api.get('me/rooms');
            this.rooms = rooms;
            this.emit('rooms');
        } catch { /* badges are shown without the names of rooms */ }
    }

    /** Where badges were earned, each asked for once. */
    async #learnPlaces() {
        if (!this.own.badges.some(badge => this.#isUnknown(badge))) return;
        await this.#learnRooms();
        for (const { room } of this.own.badges.filter(badge => this.#isUnknown(badge))) {
            this.#elsewhere.set(room, null);
            this.api.get(this.api.room(room)).then(({ name }) => { this.#elsewhere.set(room, name); this.emit('rooms'); }).catch(() => {});
        }
    }

    #isUnknown({ room }) { return Boolean(room) && !this.roomName(room) && !this.#elsewhere.has(room); }

    /** Days are counted in this zone from now on. */
    async chooseZone(zone) {
        this.preferences = await this.api.put('me/preferences', { ...this.preferences, time_zone: zone });
        this.emit('own');
    }

    #push(push) {
        if (push.type === 'achievement_earned') this.#earned(push);
        else if (push.type === 'progress') this.#grown(push);
        else return;
        this.#timer ??= setTimeout(() => { this.#timer = null; this.refresh(); }, GATHER_MS);
    }

    /** The badge is there at once. */
    #earned({ achievement, name, description, rarity, xp, room, at }) {
        this.#fresh.add(achievement);
        if (!this.own || this.own.badges.some(badge => badge.achievement === achievement)) return;
        this.own = {
            ...this.own, badges: [...this.own.badges, { achievement, name, description, rarity, xp, room, at }],
            achievements: this.own.achievements.filter(({ id }) => id !== achievement),
        };
        this.emit('own');
    }

    #grown({ xp, level, next_level_xp, xp_to_next, streak }) {
        const risen = this.own && level > this.own.level ? level : null;
        if (this.own) this.own = { ...this.own, xp, level, next_level_xp, xp_to_next, streak };
        this.emit('own');
        if (risen) this.emit('level', risen);
    }

    close() { this.client.close(); }
}

export const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
