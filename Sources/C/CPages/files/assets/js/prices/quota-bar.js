// One line that says when a plan's requests are used up, what goes on meanwhile, and when the rest does.

import { fill, h } from '../dom.js';
import { lasting, timeOf } from '../format.js';

export class QuotaBar {
    constructor(desk) {
        this.desk = desk;
        this.left = h('span', { 'aria-hidden': 'true' });
        this.element = h('div', { class: 'connection-bar quota-bar', role: 'status', hidden: true });
        desk.quota.on('change', () => this.#draw());
        desk.on('waiting', () => this.#draw());
        setInterval(() => this.#count(), 1_000);
    }

    #draw() {
        const { quota: { over }, isWaiting } = this.desk;
        this.element.hidden = !over;
        const mark = over && JSON.stringify([over.limit, timeOf(over.until), isWaiting]);
        this.#count();
        if (this.mark === mark) return;
        this.mark = mark;
        if (!over) return fill(this.element);
        const rest = isWaiting ? 'Live prices, charts and history go on' : 'Live prices go on; charts and history start again';
        fill(this.element, h('span', null, h('b', null, `Your plan’s ${over.limit.toLocaleString()} requests an hour are used up.`), ` ${rest} at ${timeOf(over.until)}.`, this.left),
            /^https?:/.test(over.upgrade) ? h('a', { class: 'button is-link', href: over.upgrade, rel: 'noopener' }, 'More requests') : null);
    }

    /** For the eyes; read aloud every second it would be noise. */
    #count() {
        const { over } = this.desk.quota;
        if (over) this.left.textContent = over.until > Date.now() ? ` In ${lasting(over.until - Date.now())}.` : ' Trying now…';
    }
}
