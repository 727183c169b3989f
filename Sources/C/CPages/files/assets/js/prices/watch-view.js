// The watch-list: choose, add, remove, put in order, by pointer and by keyboard.

import { emptyState, skeleton } from '../blank.js';
import { announce, button, fill, h, icon } from '../dom.js';
import { attempt, openMenu, sentence, toast } from '../overlay.js';
import { goTo } from './place.js';
import { WatchRow } from './watch-row.js';

const LINE_MS = 1_000;

export class WatchView {
    #rows = new Map();
    #dirty = new Set();
    #stale = new Set();
    #frame = null;
    #active = null;

    constructor(desk) {
        this.desk = desk;
        this.items = h('ul', { class: 'watch-rows', role: 'list', 'aria-label': 'Watched symbols', onkeydown: event => this.#key(event), onfocusin: event => this.#focused(event) });
        this.state = h('div', { class: 'watch-state' });
        this.offer = h('div', { class: 'watch-offer', hidden: true });
        this.element = h('div', { class: 'watch' }, this.#form(), this.offer, this.state, this.items);
        desk.on('list', () => this.render());
        desk.stored?.on('change', () => this.#drawOffer());
        desk.stored?.on('error', error => toast(`Your list could not be kept: ${sentence(error)}`, { isProblem: true }));
        desk.on('quote', symbol => this.#changed(symbol));
        desk.on('history', symbol => this.#rows.get(symbol)?.updateHistory());
        desk.on('waiting', () => { this.render(); for (const row of this.#rows.values()) row.updateAge(); });
        desk.on('more', ({ pattern, shown }) => toast(`More than ${shown} symbols match ${pattern}: the first ${shown} are shown. Add others by their names.`));
        desk.on('state', () => this.element.classList.toggle('is-offline', desk.client.state.name !== 'live'));
        setInterval(() => this.#tick(), LINE_MS);
        this.render();
    }

    #form() {
        this.problem = h('p', { class: 'problem', role: 'alert', id: 'add-problem' });
        this.input = h('input', {
            class: 'field', name: 'symbol', 'aria-label': 'Symbol or pattern', placeholder: 'Add BTC-USD or DEMO-*', autocomplete: 'off', autocapitalize: 'characters',
            spellcheck: 'false', maxlength: '64', 'aria-describedby': 'add-problem', oninput: () => this.#complain(null),
        });
        return h('form', { class: 'watch-add', onsubmit: event => this.#add(event) },
            h('div', { class: 'inline-form' }, this.input, h('button', { class: 'button' }, icon('add'), 'Add')), this.problem);
    }

    #complain(problem) {
        fill(this.problem, problem);
        if (problem) this.input.setAttribute('aria-invalid', 'true'); else this.input.removeAttribute('aria-invalid');
    }

    #add(event) {
        event.preventDefault();
        const text = this.input.value.trim();
        const problem = this.desk.list.problemWith(text);
        this.#complain(problem);
        if (problem) return this.input.focus();
        this.desk.list.add(text);
        this.input.value = '';
        announce(`${text} added`);
    }

    render() {
        const { list, isLoaded, error } = this.desk;
        const isEmpty = !list.symbols.length;
        for (const [symbol, row] of this.#rows) {
            if (list.has(symbol)) continue;
            row.element.remove();
            this.#rows.delete(symbol);
        }
        list.symbols.forEach((symbol, at) => {
            const row = this.#row(symbol);
            // Moved only where it is not there yet: what is moved loses the focus.
            if (this.items.children[at] !== row.element) this.items.insertBefore(row.element, this.items.children[at] ?? null);
        });
        this.items.hidden = isEmpty;
        fill(this.state, error ? this.#failed(error) : !isEmpty ? null : isLoaded ? this.#empty() : skeleton(6));
        this.mark();
    }

    /** The list that this browser had before the server kept one: taken over or not, and not asked again. */
    #drawOffer() {
        const { offer } = this.desk.stored;
        this.offer.hidden = !offer;
        if (!offer) return fill(this.offer);
        const symbols = offer.count === 1 ? 'one symbol' : `${offer.count} symbols`;
        fill(this.offer, h('p', null, offer.isMore ? `This browser has ${symbols} that your list has not.` : 'This list is in this browser alone. With your account it is the same wherever you sign in.'),
            h('div', { class: 'inline-form' }, button(offer.isMore ? 'Add them' : 'Keep it with my account', () => attempt(offer.take), 'is-primary'),
                button('Not now', () => this.desk.stored.leave(), 'is-quiet')));
    }

    #row(symbol) {
        const known = this.#rows.get(symbol);
        if (known) return known;
        const row = new WatchRow(symbol, { desk: this.desk, menu: (...args) => this.#menu(...args), grip: (...args) => this.#drag(...args) });
        this.#rows.set(symbol, row);
        this.desk.history.want(symbol);
        return row;
    }

    #failed(error) {
        return h('div', { class: 'rail-note', role: 'alert' }, h('p', null, sentence(error)), button('Try again', () => location.reload()));
    }

    #empty() {
        const { list, isWaiting } = this.desk;
        // Above it says why, and until when.
        if (isWaiting) return emptyState('Prices cannot be read yet', 'They appear here as soon as requests are taken again.');
        if (!list.isFirst) {
            return emptyState('Nothing on your list', 'Add a symbol above, or see what this server has.', button('Show all prices', () => list.showAll(), 'is-primary'));
        }
        return emptyState('No prices yet', h('span', null, 'This server has not been told any. They appear here as soon as it is: start it with ', h('code', null, '--demo-prices'),
            ' to see made-up ones move, or tell it some with ', h('code', null, 'POST /api/v1/prices'), '.'));
    }

    /** Shows which one is chosen; the keyboard enters the list there. */
    mark() {
        const chosen = this.desk.place?.symbol;
        for (const [symbol, row] of this.#rows) row.choose(symbol === chosen);
        const active = this.#rows.get(this.#active) ?? this.#rows.get(chosen) ?? this.#rows.get(this.desk.list.symbols[0]);
        for (const row of this.#rows.values()) for (const one of [row.link, row.more]) one.tabIndex = row === active ? 0 : -1;
    }

    // What moves: drawn once a frame, lines and ages once a second.

    #changed(symbol) {
        this.#dirty.add(symbol);
        this.#stale.add(symbol);
        this.#frame ??= requestAnimationFrame(() => {
            this.#frame = null;
            for (const one of this.#dirty) this.#rows.get(one)?.update();
            this.#dirty.clear();
        });
    }

    #tick() {
        if (document.hidden) return;
        for (const row of this.#rows.values()) row.updateAge();
        for (const symbol of this.#stale) this.#rows.get(symbol)?.updateHistory();
        this.#stale.clear();
    }

    // Order.

    #focused({ target }) {
        const symbol = [...this.#rows].find(([, row]) => row.element.contains(target))?.[0];
        if (!symbol || symbol === this.#active) return;
        this.#active = symbol;
        this.mark();
    }

    #key(event) {
        const { symbols } = this.desk.list;
        const at = symbols.indexOf(this.#active);
        if (at < 0) return;
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        const to = { Home: 0, End: symbols.length - 1 }[event.key] ?? (step ? Math.max(0, Math.min(symbols.length - 1, at + step)) : null);
        if (event.key === 'Delete') this.remove(this.#active);
        else if (to === null) return;
        else if (event.altKey && step) this.#move(this.#active, to);
        else this.#rows.get(symbols[to]).link.focus();
        event.preventDefault();
    }

    #move(symbol, to) {
        const hadFocus = this.#rows.get(symbol)?.element.contains(document.activeElement);
        this.desk.list.move(symbol, to);
        if (hadFocus) this.#rows.get(symbol).link.focus();
        announce(`${symbol} is number ${to + 1} of ${this.desk.list.symbols.length}`);
    }

    remove(symbol) {
        const { list } = this.desk;
        const at = list.symbols.indexOf(symbol);
        const hadFocus = this.#rows.get(symbol)?.element.contains(document.activeElement);
        list.remove(symbol);
        toast(`${symbol} is off your list`, { action: 'Put back', run: () => list.move(symbol, at) });
        if (!hadFocus) return;
        const next = list.symbols[Math.min(at, list.symbols.length - 1)];
        (this.#rows.get(next)?.link ?? this.input).focus();
    }

    #menu(row, anchor) {
        const { symbols } = this.desk.list;
        const at = symbols.indexOf(row.symbol);
        openMenu(anchor, row.symbol, [
            { label: 'Show its chart', icon: 'chart', run: () => goTo({ symbol: row.symbol }) },
            ...at > 0 ? [{ label: 'Move up', icon: 'up', run: () => this.#move(row.symbol, at - 1) }] : [],
            ...at < symbols.length - 1 ? [{ label: 'Move down', icon: 'down', run: () => this.#move(row.symbol, at + 1) }] : [],
            null,
            { label: 'Remove', icon: 'trash', isDanger: true, run: () => this.remove(row.symbol) },
        ]);
    }

    #drag(row, event) {
        if (event.button !== 0) return;
        event.preventDefault();
        const { element } = row;
        element.classList.add('is-dragged');
        const height = element.getBoundingClientRect().height;
        const move = ({ clientY }) => {
            const box = element.getBoundingClientRect();
            const steps = Math.trunc((clientY - (box.top + box.height / 2)) / (height * 0.6));
            if (!steps) return;
            const { symbols } = this.desk.list;
            this.desk.list.move(row.symbol, Math.max(0, Math.min(symbols.length - 1, symbols.indexOf(row.symbol) + steps)));
        };
        const end = () => {
            element.classList.remove('is-dragged');
            document.removeEventListener('pointermove', move);
            for (const type of ['pointerup', 'pointercancel']) document.removeEventListener(type, end);
        };
        // On the document: a row that is put elsewhere in the list would lose a captured pointer.
        document.addEventListener('pointermove', move);
        for (const type of ['pointerup', 'pointercancel']) document.addEventListener(type, end);
    }
}
