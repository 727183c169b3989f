// The bell: how much is unread, and what one was told last. Looking at it reads it, in all windows.

import { skeleton } from './blank.js';
import { button, fill, h, icon, reconcile } from './dom.js';
import { ageText } from './format.js';
import { openNotificationSettings } from './notification-settings.js';
import { attempt, openPopover, sentence } from './overlay.js';

const agoText = ms => ms < 10_000 ? 'just now' : `${ageText(ms)} ago`;

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
        // Those that one comes to see stay marked while one looks, though they are read by that.
        const fresh = new Set();
        const list = h('ul', { 'aria-label': 'What you were told' });
        const state = h('div');
        const draw = () => {
            for (const { id, read_at: readAt } of notes.list) if (!readAt) fresh.add(id);
            reconcile(list, notes.list.map(note => ({ key: note.id, mark: '', build: () => this.#row(note, fresh.has(note.id), () => close()) })));
            list.hidden = !notes.list.length;
            fill(state, list.hidden ? this.#instead() : null);
            // Where the list could not be read, so can nothing be marked.
            if (!notes.error) attempt(() => notes.read());
        };
        const settings = button('Notification settings…', () => { close(); openNotificationSettings(this.desk); }, 'is-quiet');
        const section = h('section', { class: 'notes', 'aria-label': 'Notifications', tabindex: '-1' }, h('h2', null, 'Notifications'), state, list, h('footer', null, settings));
        draw();
        const close = openPopover(this.element, section);
        const off = notes.on('change', () => { if (section.isConnected) draw(); else off(); });
        // What came silently was not told to this page.
        notes.refresh();
        // From the keyboard one goes on within it.
        section.focus({ preventScroll: true });
    }

    /** What stands there where there is no list. */
    #instead() {
        const { notes } = this.desk;
        if (notes.error) return h('div', { class: 'note-state', role: 'alert' }, h('p', { class: 'muted' }, sentence(notes.error)), button('Try again', () => notes.refresh()));
        return notes.isLoaded ? h('p', { class: 'muted' }, 'Nothing yet. Alerts that fire and badges that you earn are told here.') : skeleton(2);
    }

    #row(note, isFresh, close) {
        const lead = this.desk.notes.leadOf(note);
        const follow = event => {
            event.preventDefault();
            close();
            lead.run();
        };
        return h('li', { class: isFresh ? 'note-row is-unread' : 'note-row' },
            h('b', null, lead ? h('a', { href: lead.href, onclick: follow }, note.title) : note.title),
            note.body ? h('span', null, note.body) : null, h('span', { class: 'muted' }, isFresh ? h('span', { class: 'unseen' }, 'New, ') : null, agoText(this.desk.now() - note.at)));
    }
}
