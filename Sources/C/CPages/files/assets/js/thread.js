// One thread: its first message, the replies, and a composer that answers in it.

import { skeleton } from './blank.js';
import { h, fill, button, reconcile } from './dom.js';
import { Composer } from './composer.js';
import { messageView } from './message-view.js';
import { sentence } from './overlay.js';
import { conversationRows } from './rows.js';

export class ThreadPanel {
    #offs = [];
    #messages = new Map();
    #revealed = new Set();
    #unfolded = new Set();
    #composer = null;

    constructor(workspace, actions, jump) {
        Object.assign(this, { workspace, actions, jump, root: null, model: null });
        this.first = h('div', { class: 'thread-root' });
        this.replies = h('div', { class: 'messages', role: 'log', 'aria-live': 'off', 'aria-label': 'Thread' });
        this.scroll = h('div', { class: 'thread-scroll' }, this.first, this.replies);
        this.element = h('div', { class: 'thread' }, this.scroll);
        actions.attach(this.scroll, id => this.#find(id));
    }

    #find(id) { return this.model?.byId.get(id) ?? this.#messages.get(id); }
    focus() { this.#composer?.input.focus({ preventScroll: true }); }

    leave() {
        for (const off of this.#offs.splice(0)) off();
        this.root = null;
    }

    show(model) {
        for (const off of this.#offs.splice(0)) off();
        this.model = model;
        if (!this.root) return fill(this.first, h('p', { class: 'side-note' }, 'Open a thread from a message’s menu, or with T.'));
        this.#messages.clear();
        fill(this.replies, skeleton(2));
        this.#composer?.element.remove();
        this.#composer = new Composer(this.workspace, { thread: this.root.id });
        this.element.append(this.#composer.element);
        this.#composer.show(model);
        this.#offs = [model.on('change', ({ arrived }) => {
            if (arrived?.reply_to === this.root.id) this.#messages.set(arrived.id, arrived);
            this.#draw();
        })];
        this.#load();
    }

    async #load() {
        const { root, model } = this;
        try {
            const page = await model.room.history({ thread: root.id, limit: 100 });
            if (root !== this.root) return;
            for (const message of page.messages) {
                this.workspace.directory.learn(message.author);
                if (message.id === root.id) this.root = model.byId.get(root.id) ?? message;
                else this.#messages.set(message.id, { revision: 0, ...message });
            }
            this.#draw({ toEnd: true });
        } catch (error) {
            fill(this.replies, h('p', { class: 'side-note' }, sentence(error), ' ', button('Try again', () => this.show(model), 'is-link')));
        }
    }

    #draw({ toEnd = false } = {}) {
        const { model, workspace, actions } = this;
        const isAtEnd = toEnd || this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 60;
        const on = {
            react: actions.react, pick: actions.pick, open: () => {}, person: actions.person, jump: () => {}, rewrite: entry => this.#composer.rewrite(entry),
            unfold: (message, isOpen) => this.#unfolded[isOpen ? 'add' : 'delete'](message.id),
            reveal: message => { this.#revealed.add(message.id); this.#draw(); },
        };
        const context = { workspace, model, on, isThread: true, revealed: this.#revealed, unfolded: this.#unfolded };
        const root = model.byId.get(this.root.id) ?? this.root;
        reconcile(this.first, [{
            key: root.id, mark: `${root.revision}`,
            build: () => h('div', null, messageView(root, { ...context, isHidden: false }), button('Show in conversation', () => this.jump(root.seq), 'is-link')),
        }]);
        const messages = [...this.#messages.keys()].map(id => this.#find(id)).sort((a, b) => a.seq - b.seq);
        const outgoing = model.outgoing.filter(entry => entry.replyTo === root.id);
        reconcile(this.replies, conversationRows({ messages, outgoing, newLineSeq: null }, context));
        if (isAtEnd) this.scroll.scrollTop = this.scroll.scrollHeight;
    }
}
