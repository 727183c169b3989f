// Lists of messages beside the conversation: what is pinned, what was shared.

import { skeleton } from './blank.js';
import { h, fill, button } from './dom.js';
import { avatar } from './avatar.js';
import { shortTime } from './format.js';
import { plainText } from './markup.js';
import { sentence } from './overlay.js';

/** A message in short, as a button that goes there. */
export function messageCard(message, jump, words) {
    return h('button', { type: 'button', class: 'card', onclick: () => jump(message.seq) },
        h('span', { class: 'card-head' }, avatar(message.author, { small: true }), h('bdi', null, message.author.name), h('time', null, shortTime(message.at))),
        h('span', { class: 'card-text', dir: 'auto' }, words ?? plainText(message.content ?? '', 220)));
}

export class PinsPanel {
    #off = null;

    constructor(workspace, jump) { Object.assign(this, { workspace, jump, element: h('div', { class: 'cards' }) }); }

    async show(model) {
        this.#off?.();
        this.model = model;
        this.#off = model.on('pins', () => { if (this.element.isConnected) this.show(model); });
        if (!this.element.children.length || this.shown !== model) fill(this.element, skeleton(3));
        this.shown = model;
        try {
            const { messages } = await this.workspace.api.get(this.workspace.api.room(model.id, '/pins'));
            if (model !== this.model) return;
            fill(this.element, messages.length ? messages.map(message => messageCard(message, this.jump))
                : h('p', { class: 'side-note' }, 'Nothing is pinned. Moderators pin what everybody should find again: from a message’s menu, or with P.'));
        } catch (error) {
            fill(this.element, h('p', { class: 'side-note' }, sentence(error), ' ', button('Try again', () => this.show(model), 'is-link')));
        }
    }
}

/** Documents come as messages; listed are those of the loaded part of the conversation. */
export class DocumentsPanel {
    #off = null;

    constructor(workspace, jump) { Object.assign(this, { workspace, jump, element: h('div', { class: 'cards' }) }); }

    show(model) {
        this.#off?.();
        this.#off = model.on('change', () => { if (this.element.isConnected) this.#draw(model); });
        this.#draw(model);
    }

    #draw({ messages }) {
        const shared = messages.filter(message => /^(document_share|highlight)$/.test(message.message_type) && !message.deleted).reverse();
        fill(this.element, shared.length
            ? shared.map(message => messageCard(message, this.jump, message.highlight?.text ?? message.document?.title ?? message.document?.name ?? message.document_id ?? 'Document'))
            : h('p', { class: 'side-note' }, 'No documents yet. What programs and bots share in this room, and passages highlighted in it, gathers here.'));
    }
}
