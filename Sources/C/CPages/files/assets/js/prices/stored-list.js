// The watch-list that the server keeps for a person: the same in all their windows. What is changed here is written there,
// and where both have changed, both changes count.

import { Emitter } from '../../../client/stoa.js';

const NAME = 'Watch-list';
const LIMIT = 100;

/** What became of a list that was changed in two places: theirs, with what was put in and taken out here. */
export function merged(base, mine, theirs) {
    const added = mine.filter(one => !base.includes(one) && !theirs.includes(one));
    return [...theirs.filter(one => mine.includes(one) || !base.includes(one)), ...added];
}

export class StoredList extends Emitter {
    #record = null;
    #isWriting = false;
    /** What was told while this window was writing. */
    #unread = null;

    constructor(desk) {
        super();
        Object.assign(this, { desk, offer: null, isBegun: false, takenKey: `stoa.prices.taken.${desk.me.id}` });
    }

    get channel() { return this.#record && `watchlist:${this.#record.id}`; }
    get #isTaken() { return localStorage.getItem(this.takenKey) !== null; }

    /** Finds the person's list. A browser's own one from before is offered for taking over, once. */
    async begin() {
        const { list, quota } = this.desk;
        const { watchlists: [record] } = await quota.get('watchlists?limit=1');
        this.isBegun = true;
        const own = list.isKept && !list.isFirst && !this.#isTaken ? [...list.symbols] : null;
        if (record) {
            // What a pattern finds in a browser where nobody asked for it is nobody's wish.
            this.#take(record, list.isKept && this.#isTaken ? list.patterns : []);
            const more = own?.filter(symbol => !record.symbols.includes(symbol)) ?? [];
            if (more.length) this.offer = { count: more.length, isMore: true, take: () => this.#answer(() => this.#add(more)) };
            else this.#answered();
        } else if (own?.length) {
            this.offer = { count: own.length, isMore: false, take: () => this.#answer(() => this.#make()) };
        }
        list.on('mine', () => this.#changed());
        list.on('found', () => this.#changed({ isOwn: false }));
        this.emit('change');
    }

    /** Not now: what the browser has stays in it. */
    leave() { this.#answered(); }

    #answered() {
        this.offer = null;
        try { localStorage.setItem(this.takenKey, '1'); } catch { /* asked again next time */ }
        this.emit('change');
    }

    async #answer(run) {
        await run();
        this.#answered();
    }

    #take(record, patterns = this.desk.list.patterns) {
        this.#record = record;
        this.desk.list.adopt(record.symbols, patterns);
        this.emit('record');
    }

    /** From now on it is what the person has put there: no longer all that there is. */
    async #make() {
        const { list, api } = this.desk;
        this.#record = await api.post('watchlists', { name: NAME, symbols: list.symbols });
        list.adopt(list.symbols, list.patterns.filter(pattern => pattern !== '*'));
        this.emit('record');
        // What was changed while that was on its way.
        await this.#write();
    }

    #add(symbols) {
        const { list } = this.desk;
        list.adopt([...list.symbols, ...symbols.filter(symbol => !list.has(symbol))].slice(0, LIMIT));
        return this.#write();
    }

    /** Told by another window, or by this one's own change. */
    told(update) {
        if (this.#isWriting) {
            this.#unread = update;
            return;
        }
        const { version, symbols, deleted } = update;
        if (!this.#record || !(version > this.#record.version)) return;
        if (deleted) {
            // What the browser has goes on by itself.
            this.#record = null;
            this.emit('record');
        } else this.#take({ ...this.#record, version, symbols });
    }

    /** The list in this window is another than it was. Who has none yet gets one with the first change of their own. */
    async #changed({ isOwn = true } = {}) {
        if (this.offer || this.#isWriting) return;
        try {
            if (this.#record) await this.#write();
            else if (isOwn) {
                this.#isWriting = true;
                await this.#make();
                this.#answered();
            }
        } catch (error) {
            this.emit('error', error);
        } finally { this.#isWriting = false; }
    }

    async #write() {
        const { list, api } = this.desk;
        let { symbols } = list;
        const path = `watchlists/${encodeURIComponent(this.#record.id)}`;
        this.#isWriting = true;
        try {
            while (String(symbols) !== String(this.#record.symbols)) {
                try {
                    this.#record = await api.patch(path, { symbols }, { 'If-Match': `"${this.#record.version}"` });
                    // What was changed here while that was on its way goes next.
                    ({ symbols } = list);
                } catch (error) {
                    if (error.code !== 'precondition_failed') throw error;
                    const theirs = await api.get(path);
                    list.adopt(merged(this.#record.symbols, list.symbols, theirs.symbols));
                    this.#record = theirs;
                    ({ symbols } = list);
                }
            }
        } finally {
            this.#isWriting = false;
            this.#take(this.#record);
            if (this.#unread) this.told(this.#unread);
            this.#unread = null;
        }
    }
}
