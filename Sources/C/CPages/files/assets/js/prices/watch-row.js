// One line of the watch-list. It is built once and changed in place: prices move ten times a second.

import { h, fill, icon } from '../dom.js';
import { ageText } from '../format.js';
import { change, priceText } from './decimal.js';
import { QUARTER } from './history.js';
import { CONFIDENCE } from './words.js';
import { placeOf } from './place.js';

const SVG = 'http://www.w3.org/2000/svg';
const LINE = { width: 72, height: 26 };
const LONG = 15;

export class WatchRow {
    #price = null;
    #flash = 0;
    #line = document.createElementNS(SVG, 'polyline');

    constructor(symbol, { desk, menu, grip }) {
        Object.assign(this, { symbol, desk });
        const line = document.createElementNS(SVG, 'svg');
        for (const [name, value] of [['viewBox', `0 0 ${LINE.width} ${LINE.height}`], ['class', 'line'], ['aria-hidden', 'true']]) line.setAttribute(name, value);
        line.append(this.#line);
        this.price = h('span', { class: 'watch-price number' }, '–');
        this.change = h('span', { class: 'watch-change number' });
        this.age = h('span', { class: 'watch-age number' }, 'No price yet');
        this.link = h('a', { class: 'watch-link', href: placeOf({ symbol }), tabindex: '-1', draggable: 'false' },
            h('span', { class: 'watch-name' }, h('bdi', null, symbol), this.age), line,
            h('span', { class: 'watch-figures' }, this.price, this.change));
        this.more = h('button', {
            type: 'button', class: 'icon-button', tabindex: '-1', 'aria-label': `More for ${symbol}`, title: 'More', 'aria-haspopup': 'menu',
            onclick: event => menu(this, event.currentTarget),
        }, icon('more'));
        // For pointers; by keyboard rows move with Alt and the arrows, or by the menu.
        this.grip = h('span', { class: 'grip', 'aria-hidden': 'true', title: 'Drag to reorder', onpointerdown: event => grip(this, event) }, icon('drag'));
        this.element = h('li', { class: 'watch-row' }, this.grip, this.link, this.more);
        this.update();
        this.updateAge();
        this.updateHistory();
    }

    get quote() { return this.desk.quotes.get(this.symbol); }

    choose(isChosen) {
        this.element.classList.toggle('is-chosen', isChosen);
        if (isChosen) this.link.setAttribute('aria-current', 'true'); else this.link.removeAttribute('aria-current');
    }

    update() {
        const { quote } = this;
        if (!quote) return;
        if (this.#price !== quote.price) {
            this.price.textContent = priceText(quote.price);
            // All of its digits before a line of its past.
            this.element.classList.toggle('is-long', this.price.textContent.length > LONG);
            this.price.title = quote.price;
            if (this.#price !== null) this.#flashed(quote.price);
            this.#price = quote.price;
        }
        this.element.classList.toggle('is-stale', quote.confidence === 'stale');
        this.updateAge();
        this.updateChange();
    }

    /** Once for each change; two names by turns begin the animation anew without asking for a layout. */
    #flashed(price) {
        const direction = change(price, this.#price)?.direction;
        this.#flash = 1 - this.#flash;
        this.price.dataset.flash = `${direction < 0 ? 'down' : 'up'}-${this.#flash}`;
    }

    updateAge() {
        const { quote } = this;
        if (!quote) return void (this.age.textContent = this.desk.isWaiting ? 'Not read yet' : 'No price yet');
        const age = ageText(this.desk.now() - quote.at);
        const [word, meaning] = CONFIDENCE[quote.confidence] ?? [quote.confidence, ''];
        const mark = `${word} ${age}`;
        if (this.age.dataset.mark === mark) return;
        this.age.dataset.mark = mark;
        this.age.title = meaning;
        if (quote.confidence === 'stale') fill(this.age, h('b', { class: 'tag is-stale' }, word), ` ${age} old`);
        else fill(this.age, `${word} · ${age}`);
    }

    updateChange() {
        const reference = this.desk.history.reference(this.symbol);
        const moved = reference && this.quote ? change(this.quote.price, reference.price) : null;
        if (!moved) return;
        const words = reference.isDay ? 'in 24 h' : 'since first seen';
        const arrow = moved.direction > 0 ? '▲' : moved.direction < 0 ? '▼' : '';
        const mark = `${arrow} ${moved.text} ${words}`;
        if (this.change.dataset.mark === mark) return;
        Object.assign(this.change.dataset, { mark, direction: moved.direction });
        this.change.title = `${words}, from ${reference.price}`;
        fill(this.change, h('i', { 'aria-hidden': 'true' }, arrow), ` ${moved.text}`, h('span', { class: 'unseen' }, ` ${words}`));
    }

    updateHistory() {
        this.updateChange();
        const quarters = this.desk.history.line(this.symbol);
        if (!quarters.length) return this.#line.setAttribute('points', '');
        // Where the first quarter of an hour began, then where each one ended: so there is a line from the first one on.
        const now = Math.max(this.desk.now(), quarters.at(-1)[0] + 1);
        const points = [[quarters[0][0], Number(quarters[0][1])], ...quarters.map(([start, , close]) => [Math.min(start + QUARTER, now), Number(close)])];
        const values = points.map(([, value]) => value);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const [first, last] = [points[0][0], points.at(-1)[0]];
        const x = start => (start - first) / (last - first) * (LINE.width - 2) + 1;
        const y = value => high === low ? LINE.height / 2 : LINE.height - 2 - (value - low) / (high - low) * (LINE.height - 4);
        this.#line.setAttribute('points', points.map(([start, value]) => `${x(start).toFixed(1)},${y(value).toFixed(1)}`).join(' '));
    }
}
