// Which symbols a person watches, in which order: kept in this browser, for each person by themselves, and for those with an
// account by the server too: see stored-list.js. A pattern brings in symbols as they appear; one that was taken off the list
// stays off.

import { Emitter } from '../../../client/stoa.js';

const SYMBOL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const PATTERN = /^([A-Za-z0-9][A-Za-z0-9._-]{0,30})?\*$/;
/** Channels of one subscription, with some to spare. */
export const SYMBOL_LIMIT = 100;
/** At a first visit: all that there is. */
const FIRST = { symbols: [], patterns: ['*'], hidden: [] };

export class WatchList extends Emitter {
    constructor(person) {
        super();
        this.key = `stoa.prices.${person}`;
        const kept = this.#kept();
        /** Whether this browser has a list of this person from before. */
        this.isKept = Boolean(kept.symbols);
        Object.assign(this, structuredClone(FIRST), kept);
    }

    #kept() {
        try {
            const { symbols, patterns, hidden } = JSON.parse(localStorage.getItem(this.key));
            const texts = (list, shape) => list.filter(one => shape.test(one));
            return { symbols: texts(symbols, SYMBOL).slice(0, SYMBOL_LIMIT), patterns: texts(patterns, PATTERN), hidden: texts(hidden, SYMBOL) };
        } catch { return {}; }
    }

    #changed() {
        const { symbols, patterns, hidden } = this;
        try { localStorage.setItem(this.key, JSON.stringify({ symbols, patterns, hidden })); } catch { /* for this page only */ }
        this.emit('change');
    }

    /** As the server has it. */
    adopt(symbols, patterns = this.patterns) {
        if (String(symbols) === String(this.symbols) && patterns.length === this.patterns.length) return;
        Object.assign(this, { symbols: [...symbols], patterns });
        this.#changed();
    }

    has(symbol) { return this.symbols.includes(symbol); }
    isHidden(symbol) { return this.hidden.includes(symbol); }
    /** Whether nobody has changed anything yet. */
    get isFirst() { return !this.hidden.length && this.patterns.includes('*'); }

    /** Why this cannot be added, in words; null when it can. */
    problemWith(text) {
        if (!text) return 'Write a symbol, as BTC-USD, or a pattern, as DEMO-*.';
        if (text.includes('*')) return PATTERN.test(text) ? null : 'A pattern is the beginning of a symbol and one * at its end, as DEMO-*.';
        if (text.length > 32) return 'A symbol has at most 32 characters.';
        if (!SYMBOL.test(text)) return 'A symbol has letters, digits, “-”, “.” and “_”, and begins with a letter or digit.';
        if (this.has(text)) return `${text} is on the list.`;
        return this.symbols.length >= SYMBOL_LIMIT ? `The list has ${SYMBOL_LIMIT} symbols, which is as many as it takes.` : null;
    }

    add(text) {
        if (text.endsWith('*')) {
            this.hidden = this.hidden.filter(symbol => !symbol.startsWith(text.slice(0, -1)));
            this.patterns = [...this.patterns.filter(one => one !== text), text];
            // Where it was there already: what was taken off since comes back.
            this.emit('again', text);
        } else {
            this.hidden = this.hidden.filter(symbol => symbol !== text);
            this.symbols = [...this.symbols, text];
        }
        this.#changed();
        this.emit('mine');
    }

    /** What a pattern brought in; one with more symbols than are shown is not followed any longer. */
    found(symbols, { pattern, isOver }) {
        const fresh = symbols.filter(symbol => !this.has(symbol)).slice(0, SYMBOL_LIMIT - this.symbols.length);
        this.symbols = [...this.symbols, ...fresh];
        if (isOver) this.patterns = this.patterns.filter(one => one !== pattern);
        if (fresh.length || isOver) this.#changed();
        if (fresh.length) this.emit('found');
    }

    remove(symbol) {
        this.symbols = this.symbols.filter(one => one !== symbol);
        if (!this.isHidden(symbol)) this.hidden = [...this.hidden, symbol].slice(-500);
        this.#changed();
        this.emit('mine');
    }

    /** Puts a symbol at a place of the list, one that was taken off it too. */
    move(symbol, to) {
        this.hidden = this.hidden.filter(one => one !== symbol);
        const rest = this.symbols.filter(one => one !== symbol);
        const at = Math.max(0, Math.min(rest.length, to));
        const moved = [...rest.slice(0, at), symbol, ...rest.slice(at)];
        if (String(moved) === String(this.symbols)) return;
        this.symbols = moved;
        this.#changed();
        this.emit('mine');
    }

    /** As at a first visit, what is on the list in its order. */
    showAll() { this.add('*'); }
}
