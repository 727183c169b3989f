// What one can do with a message: the bar on hover, the same by keyboard on a focused message, and a menu by long press.

import { h, iconButton } from './dom.js';
import { openEmojiPicker, QUICK } from './emoji.js';
import { attempt, copyText, field, openForm, openMenu, toast } from './overlay.js';
import { linkTo } from './router.js';

const LONG_PRESS_MS = 450;

export class MessageActions {
    /** `on`: { reply, edit, thread, person } are set by the frame. */
    constructor(workspace) {
        Object.assign(this, { workspace, on: {} });
        this.bar = h('div', { class: 'hover-bar', role: 'toolbar', 'aria-label': 'Message actions' });
    }

    get #room() { return this.workspace.client.room(this.workspace.current); }
    #isMine(message) { return message.author.id === this.workspace.me.id; }
    get #isModerator() { return this.workspace.isModerator(this.workspace.current); }

    react = (message, emoji, isAdded = true) =>
        attempt(() => isAdded ? this.#room.react(message.id, emoji) : this.#room.unreact(message.id, emoji));

    pick = (message, anchor) => openEmojiPicker(anchor, emoji => this.react(message, emoji));
    openThread = message => this.on.thread(message);
    rewrite = entry => this.on.rewrite(entry);
    person = (person, anchor) => this.on.person(person, anchor);

    /** Makes the messages of `list` answer; `find` gives the message of an id. */
    attach(list, find) {
        const messageAt = target => {
            const row = target.closest?.('.message[data-id]');
            const message = row && find(row.dataset.id);
            return message && !message.deleted ? { row, message } : null;
        };
        list.addEventListener('pointerover', event => { if (event.pointerType === 'mouse') this.#showBar(messageAt(event.target)); });
        list.addEventListener('pointerleave', () => { if (!this.bar.contains(document.activeElement)) this.bar.remove(); });
        list.addEventListener('focusin', event => {
            // By keyboard only: a tap would put the bar over what was tapped.
            if (event.target.matches('.message:focus-visible')) this.#showBar(messageAt(event.target));
        });
        list.addEventListener('keydown', event => this.#key(event, messageAt(event.target), list));
        this.#longPress(list, messageAt);
    }

    #showBar(found) {
        if (!found || this.bar.parentElement === found.row) return;
        const { message, row } = found;
        this.bar.replaceChildren(
            ...QUICK.slice(0, 3).map(emoji => h('button', { type: 'button', class: 'icon-button', 'aria-label': `React with ${emoji}`, onclick: () => this.react(message, emoji) }, emoji)),
            iconButton('smile', 'React…', () => this.pick(message, this.bar)),
            iconButton('reply', 'Reply', () => this.on.reply(message)),
            ...this.#isMine(message) ? [iconButton('edit', 'Edit', () => this.on.edit(message))] : [],
            iconButton('more', 'More', () => this.menu(message, this.bar)));
        row.append(this.bar);
    }

    menu(message, anchor, { isTouch = false } = {}) {
        const mine = this.#isMine(message);
        const pin = () => attempt(() => message.pinned ? this.#room.unpin(message.id) : this.#room.pin(message.id));
        openMenu(anchor, 'Message actions', [
            isTouch ? { label: 'React…', icon: 'smile', run: () => this.pick(message, anchor) } : false,
            isTouch ? { label: 'Reply', icon: 'reply', run: () => this.on.reply(message) } : false,
            { label: 'Open thread', icon: 'thread', run: () => this.on.thread(message) },
            mine ? { label: 'Edit', icon: 'edit', run: () => this.on.edit(message) } : false,
            this.#isModerator ? { label: message.pinned ? 'Unpin' : 'Pin', icon: 'pin', run: pin } : false,
            { label: 'Copy text', icon: 'copy', run: () => copyText(message.content, 'Text copied') },
            { label: 'Copy link', icon: 'link', run: () => copyText(linkTo(this.workspace.current, { seq: message.seq }), 'Link copied') },
            mine ? false : null,
            mine ? false : { label: 'Report to moderators…', icon: 'flag', run: () => this.#report(message) },
            mine ? false : this.#hideItem(message.author),
            mine || this.#isModerator ? null : false,
            mine || this.#isModerator ? { label: 'Delete…', icon: 'trash', isDanger: true, run: () => this.delete(message) } : false,
        ].filter(item => item !== false));
    }

    #hideItem(author) {
        const isHidden = this.workspace.hidden.has(author.id);
        return { label: isHidden ? `Show ${author.name} again` : `Hide ${author.name}`, icon: 'hide', run: () => this.workspace.setHidden(author.id, !isHidden) };
    }

    delete(message) {
        return openForm('Delete this message?', {
            note: 'Everybody sees that a message was deleted, not what it said. This cannot be undone.',
            submit: 'Delete', isDanger: true, save: () => this.#room.delete(message.id),
        });
    }

    #report(message) {
        return openForm('Report to the moderators', {
            note: `Only the moderators of this room see your report of ${message.author.name}'s message.`,
            fields: field('What is wrong with it?', 'reason', { tag: 'textarea', rows: 3, required: true, maxlength: 500, autofocus: true }),
            submit: 'Report',
            save: async ({ reason }) => {
                await this.workspace.api.post(this.workspace.api.room(this.workspace.current, '/reports'), { message_id: message.id, reason });
                toast('Reported. The moderators will see it.');
            },
        });
    }

    #key(event, found, list) {
        if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches('.message')) return;
        const rows = [...list.querySelectorAll('.message')];
        const at = rows.indexOf(event.target);
        const target = { ArrowUp: rows[at - 1], ArrowDown: rows[at + 1], Home: rows[0], End: rows.at(-1) }[event.key];
        if (target) {
            event.preventDefault();
            target.focus();
            return target.scrollIntoView({ block: 'nearest' });
        }
        if (!found) return;
        const { message, row } = found;
        const mine = this.#isMine(message);
        const run = {
            r: () => this.on.reply(message), t: () => this.on.thread(message), '+': () => this.pick(message, row),
            Enter: () => this.menu(message, this.bar.isConnected ? this.bar : row),
            e: mine && (() => this.on.edit(message)),
            p: this.#isModerator && (() => attempt(() => message.pinned ? this.#room.unpin(message.id) : this.#room.pin(message.id))),
            Delete: (mine || this.#isModerator) && (() => this.delete(message)),
        }[event.key];
        if (!run) return;
        event.preventDefault();
        run();
    }

    #longPress(list, messageAt) {
        let timer = null;
        let from = null;
        const stop = () => clearTimeout(timer);
        // A finger is never quite still.
        const moved = event => { if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > 10) stop(); };
        list.addEventListener('pointerdown', event => {
            const found = event.pointerType !== 'mouse' && !event.target.closest('a, button') && messageAt(event.target);
            if (!found) return;
            stop();
            from = { x: event.clientX, y: event.clientY };
            timer = setTimeout(() => this.menu(found.message, from, { isTouch: true }), LONG_PRESS_MS);
        });
        list.addEventListener('pointermove', moved);
        for (const type of ['pointerup', 'pointercancel']) list.addEventListener(type, stop);
        list.addEventListener('contextmenu', event => { if (event.pointerType === 'touch' && messageAt(event.target)) event.preventDefault(); });
    }
}
