// The middle of the page: one room's messages, with loading, empty and error states and the way back to the newest.

import { skeleton } from './blank.js';
import { h, fill, icon, button, reconcile, announce } from './dom.js';
import { nameList } from './format.js';
import { plainText } from './markup.js';
import { conversationRows } from './rows.js';
import { Scroller } from './scroller.js';
import { roomState } from './room-state.js';

export class Conversation {
    #frame = null;
    #missed = 0;
    #revealed = new Set();
    #unfolded = new Set();
    #offs = [];
    #wantsEnd = false;
    #wanted = null;

    constructor(workspace, actions) {
        Object.assign(this, { workspace, actions, model: null });
        this.list = h('div', { class: 'messages', role: 'log', 'aria-live': 'off', 'aria-label': 'Messages' });
        this.element = h('div', { class: 'scroll', tabindex: '-1' }, this.list);
        this.pill = h('button', { type: 'button', class: 'pill', hidden: true, onclick: () => this.toLatest() });
        this.typing = h('p', { class: 'typing', 'aria-live': 'off' });
        this.scroller = new Scroller(this.element, this.list, {
            before: () => this.model?.before(), after: () => this.model?.after(), moved: () => this.#moved(),
        });
        actions.attach(this.list, id => this.model?.byId.get(id));
        window.addEventListener('focus', () => this.#read());
        document.addEventListener('visibilitychange', () => this.#read());
        workspace.on('hidden', () => this.render());
        workspace.on('rooms', () => this.#read());
        workspace.on('room', id => { if (id === this.model?.id) this.render(); });
    }

    show(model, seq) {
        if (model !== this.model) {
            for (const off of this.#offs.splice(0)) off();
            Object.assign(this, { model });
            this.#missed = 0;
            this.#wantsEnd = !seq;
            this.#offs = [
                model.on('change', what => this.#changed(what)),
                model.on('typing', () => this.#showTyping()),
                model.on('award', award => this.#tellAward(award)),
            ];
            fill(this.list);
            this.scroller.toEnd();
            this.#placeNewLine();
            this.#draw();
            if (!seq) this.#restPlace();
        }
        this.#wanted = seq ?? null;
        if (seq && model.isLoaded) this.jump(seq);
    }

    /** The line stays where reading stopped when the room was opened, until the room is left. */
    #placeNewLine() {
        const { model, workspace } = this;
        const summary = workspace.rooms.get(model.id);
        const readSeq = Math.max(summary?.read_seq ?? 0, model.room.readSeq);
        const isNewcomer = readSeq === 0 && !summary;
        if (model.newLineSeq === null && !isNewcomer && (summary?.unread ?? model.room.unread) > 0) model.newLineSeq = readSeq;
    }

    /** Opens at the "new" line if it is far up, else at the end. */
    #restPlace() {
        this.scroller.toEnd();
        const line = this.list.querySelector('.new-line');
        if (line && line.getBoundingClientRect().top < this.element.getBoundingClientRect().top) this.scroller.to(line, { block: 'start' });
        this.#moved();
    }

    #changed({ isReset, arrived, isOutgoing }) {
        const { model } = this;
        if (isReset) {
            this.#placeNewLine();
            this.#wantsEnd = !this.#wanted && !model.moreAfter;
        }
        if (isOutgoing) {
            if (model.moreAfter) model.latest();
            this.#wantsEnd = true;
        }
        if (arrived && arrived.author.id !== this.workspace.me.id) {
            const isAway = !this.scroller.sticks || document.hidden || model.moreAfter;
            if (!this.scroller.sticks || model.moreAfter) this.#missed++;
            if (isAway && model.newLineSeq === null) model.newLineSeq = arrived.seq - 1;
            if (!this.workspace.hidden.has(arrived.author.id)) announce(`${arrived.author.name}: ${plainText(arrived.content ?? '')}`);
        }
        this.render(isReset);
    }

    #tellAward({ user, name }) {
        const { me, hidden } = this.workspace;
        if (user.id !== me.id && !hidden.has(user.id)) announce(`${user.name ?? user.id} earned ${name}`);
    }

    /** Many changes, one drawing per frame; a hidden page gets no frames, so there by time. */
    render() {
        this.#frame ??= document.hidden
            ? setTimeout(() => this.#draw(), 100) : requestAnimationFrame(() => this.#draw());
    }

    #draw() {
        this.#frame = null;
        const { model, workspace } = this;
        if (!model) return;
        const special = roomState(model, workspace);
        this.list.setAttribute('aria-busy', String(!model.isLoaded || model.isLoading));
        if (special) {
            reconcile(this.list, [special]);
            this.#pillDown();
            return;
        }
        const context = { workspace, model, revealed: this.#revealed, unfolded: this.#unfolded, on: this.#callbacks };
        const rows = conversationRows(model, context);
        const top = model.moreBefore
            ? { key: 'top', mark: `${Boolean(model.error)}`, build: () => this.#pageEdge(model) }
            : { key: 'start', mark: `${model.room.info?.name}.${model.room.info?.description}.${model.messages.length > 0}`, build: () => beginning(model) };
        this.scroller.keep(() => reconcile(this.list, [top, ...rows]));
        if (this.#wanted && model.isLoaded) return this.jump(this.#wanted);
        if (this.#wantsEnd) {
            this.#wantsEnd = false;
            this.#restPlace();
            if (!this.list.querySelector('.new-line')) this.scroller.toEnd();
        }
        this.#moved();
        // A first page shorter than the screen leaves nothing to scroll.
        if (model.moreBefore && this.element.scrollHeight <= this.element.clientHeight + 100) model.before();
    }

    #pageEdge(model) {
        return model.error
            ? h('div', { class: 'page-edge' }, 'Earlier messages could not be loaded. ', button('Try again', () => model.before(), 'is-link'))
            : h('div', { class: 'page-edge', 'aria-label': 'Loading earlier messages' }, skeleton(2));
    }

    get #callbacks() {
        const { actions } = this;
        return {
            react: actions.react, pick: actions.pick, open: actions.openThread, person: actions.person, rewrite: actions.rewrite,
            jump: message => this.jumpTo(message.reply_to),
            reveal: message => { this.#revealed.add(message.id); this.render(); },
            // The beginning of what was unfolded is to be read next, not the newest message.
            unfold: (message, isOpen) => { this.scroller.release(); this.#unfolded[isOpen ? 'add' : 'delete'](message.id); },
        };
    }

    #moved() {
        if (this.scroller.sticks && !this.model?.moreAfter) this.#missed = 0;
        this.#pillDown();
        this.#read();
    }

    #pillDown() {
        const isAway = this.model?.isLoaded && this.model.messages.length > 0 && (!this.scroller.isAtEnd || this.model.moreAfter);
        this.pill.hidden = !isAway || (!this.#missed && !this.model.moreAfter && this.#distance < 500);
        fill(this.pill, this.#missed ? `${this.#missed} new` : 'To the newest', icon('down'));
        this.pill.classList.toggle('has-news', this.#missed > 0);
    }

    get #distance() { return this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight; }

    /** Read means: on the screen of somebody who is looking. */
    #read() {
        const { model } = this;
        const isLooking = document.visibilityState === 'visible' && document.hasFocus();
        if (model?.isLoaded && isLooking && this.scroller.isAtEnd && !model.moreAfter) this.workspace.markRead(model);
    }

    async toLatest() {
        this.#wanted = null;
        if (this.model.moreAfter) await this.model.latest();
        this.#missed = 0;
        this.#draw();
        this.scroller.toEnd();
        this.#moved();
    }

    /** To a message by id: in the window at once, else by way of its thread, which tells where it is. */
    async jumpTo(id) {
        const known = this.model.byId.get(id);
        if (known) return this.jump(known.seq);
        const { messages } = await this.model.room.history({ thread: id, limit: 1 }).catch(() => ({ messages: [] }));
        const root = messages.find(message => message.id === id);
        if (root) this.jump(root.seq);
    }

    async jump(seq) {
        this.#wanted = null;
        this.#wantsEnd = false;
        this.scroller.release();
        await this.model.around(seq);
        this.#wantsEnd = false;
        this.#draw();
        const row = [...this.list.children].find(child => Number(child.dataset.seq) >= seq);
        if (!row) return;
        this.scroller.to(row);
        row.classList.add('is-found');
        setTimeout(() => row.classList.remove('is-found'), 2_000);
        row.focus({ preventScroll: true });
        this.#moved();
    }

    #showTyping() {
        const names = [...this.model.typing].filter(([id]) => id !== this.workspace.me.id && !this.workspace.hidden.has(id)).map(([, one]) => one.name);
        const words = names.length > 3 ? 'Several people are' : `${nameList(names)} ${names.length === 1 ? 'is' : 'are'}`;
        fill(this.typing, names.length ? h('span', { class: 'typing-dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')) : null, names.length ? `${words} typing…` : '');
    }
}

function beginning({ room, messages }) {
    const name = room.info?.name ?? 'this room';
    return h('div', { class: 'beginning' }, h('h2', null, h('bdi', null, name)),
        room.info?.description ? h('p', { dir: 'auto' }, room.info.description) : null,
        h('p', { class: 'muted' }, messages.length
            ? 'The conversation begins here.'
            : 'Nobody has written yet. Say hello, ask the first question, or invite somebody.'));
}

