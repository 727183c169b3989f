// The bell: how much is unread, and what one was told last. Looking at it reads it, in all windows.

import { fill, h, icon } from './dom.js';
import { ageText } from './format.js';
import { attempt, openPopover } from './overlay.js';

export class Bell {
    constructor(desk) {
        this.desk = desk;
        this.count = h('span', { class: 'bell-count number', hidden: true });
        this.element = h('button', { type: 'button', class: 'icon-button bell', 'aria-haspopup': 'dialog', onclick: () => this.#open() }, icon('bell'), this.count);
        desk.notes.on('change', () => this.#draw());
        this.#draw();
    }

    #draw() {
        const { unread } = this.desk.notes;
        fill(this.count, unread > 99 ? '99+' : String(unread));
        this.count.hidden = !unread;
        const label = unread ? `Notifications, ${unread} unread` : 'Notifications';
        this.element.setAttribute('aria-label', label);
        this.element.title = label;
    }

    #open() {
        const { notes } = this.desk;
        const now = this.desk.now();
        const rows = notes.list.map(note => h('li', { class: note.read_at ? 'note-row' : 'note-row is-unread' }, h('b', null, note.title),
            note.body ? h('span', null, note.body) : null, h('span', { class: 'muted' }, `${ageText(now - note.at)} ago`)));
        openPopover(this.element, h('section', { class: 'notes', 'aria-label': 'Notifications', tabindex: '-1' }, h('h2', null, 'Notifications'),
            rows.length ? h('ul', { 'aria-label': 'What you were told' }, rows) : h('p', { class: 'muted' }, 'Nothing yet. Alerts that fire and badges that you earn are told here.')));
        attempt(() => notes.read());
    }
}
