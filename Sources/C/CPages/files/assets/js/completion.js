// Completion in a text field: `@` people, `:` emoji. The field keeps the focus; the list is described to screen readers.

import { h, fill } from './dom.js';
import { avatar } from './avatar.js';
import { findEmoji } from './emoji.js';

const MOST = 8;
const OPEN = /(?:^|[\s(])([@:])([\p{L}\p{N}_.+ -]{0,30})$/u;

export class Completion {
    #items = [];
    #at = 0;
    #from = 0;

    /** `people()` gives those who may be mentioned. */
    constructor(input, people) {
        Object.assign(this, { input, people });
        this.list = h('ul', { class: 'completion', role: 'listbox', id: `completion-${Math.random().toString(36).slice(2)}`, 'aria-label': 'Suggestions', hidden: true });
        for (const [name, value] of [['aria-autocomplete', 'list'], ['aria-controls', this.list.id]]) input.setAttribute(name, value);
        input.addEventListener('blur', () => setTimeout(() => this.close(), 150));
    }

    get isOpen() { return !this.list.hidden; }

    update() {
        const before = this.input.value.slice(0, this.input.selectionStart);
        const match = before.match(OPEN);
        this.#items = match ? this.#find(match[1], match[2]) : [];
        if (!this.#items.length) return this.close();
        this.#from = before.length - match[2].length - 1;
        this.#at = 0;
        this.list.hidden = false;
        this.#draw();
    }

    #find(sign, text) {
        if (sign === ':') {
            return text.length < 2 || text.includes(' ') ? [] : findEmoji(text, MOST).map(({ char, name }) => ({ insert: char, label: name, mark: char }));
        }
        const wanted = text.toLocaleLowerCase();
        return this.people().filter(person => person.name.toLocaleLowerCase().split(' ').some((_, i, words) => words.slice(i).join(' ').startsWith(wanted)))
            .slice(0, MOST).map(person => ({ insert: `@${person.name} `, label: person.name, person }));
    }

    #draw() {
        fill(this.list, this.#items.map((item, i) => h('li', {
            role: 'option', id: `${this.list.id}-${i}`, 'aria-selected': String(i === this.#at),
            onpointerdown: event => { event.preventDefault(); this.#at = i; this.accept(); },
        }, item.person ? avatar(item.person, { small: true }) : h('span', { class: 'completion-emoji' }, item.mark), h('bdi', null, item.label))));
        this.input.setAttribute('aria-activedescendant', `${this.list.id}-${this.#at}`);
    }

    /** Whether the key was used up here. */
    key(event) {
        if (!this.isOpen) return false;
        if (event.key === 'Escape') this.close();
        else if (event.key === 'Enter' || event.key === 'Tab') this.accept();
        else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            this.#at = (this.#at + (event.key === 'ArrowDown' ? 1 : -1) + this.#items.length) % this.#items.length;
            this.#draw();
        } else return false;
        event.preventDefault();
        event.stopPropagation();
        return true;
    }

    accept() {
        const { input } = this;
        input.setRangeText(this.#items[this.#at].insert, this.#from, input.selectionStart, 'end');
        this.close();
        input.dispatchEvent(new Event('input', { bubbles: true }));
    }

    close() {
        this.list.hidden = true;
        this.#items = [];
        this.input.removeAttribute('aria-activedescendant');
    }
}
