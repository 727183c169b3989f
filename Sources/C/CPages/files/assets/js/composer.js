// Where one writes: grows to eight lines, keeps a draft per room, replies, edits, completes, tells that one is typing.

import { announce, h, fill, icon, iconButton } from './dom.js';
import { bytesLeft, wordsFor } from './bounds.js';
import { Completion } from './completion.js';
import { shortened } from './format.js';
import { openEmojiPicker } from './emoji.js';
import { plainText } from './markup.js';
import { attempt, toast } from './overlay.js';

const DRAFT = 'stoa.draft.';
const LONG_PASTE = 1_500;
const EDIT_WAITS_MS = 3_000;
const TYPING_AGAIN_MS = 3_000;
const TYPING_STOPS_MS = 5_000;
const TEXT_FILE_BYTES = 30_000;
const MEASURE_WAITS_MS = 150;
/** Below this, text of any kind is far from the bound. */
const SHORT = 5_000;

export class Composer {
    #typedAt = 0;
    #stopTimer = null;
    #mode = null;
    #measure = null;

    /** `thread` is the root message's id when this composer answers in a thread. */
    constructor(workspace, { thread = null } = {}) {
        Object.assign(this, { workspace, thread, model: null });
        this.input = h('textarea', { class: 'composer-input', rows: 1, dir: 'auto', enterkeyhint: 'send', autocomplete: 'off', 'aria-label': 'Message',
            oninput: () => this.#edited(), onkeydown: event => this.#key(event), onpaste: event => this.#paste(event) });
        this.completion = new Completion(this.input, () => this.#people());
        this.banner = h('div', { class: 'composer-banner', hidden: true });
        this.count = h('p', { class: 'composer-count', id: `${this.completion.list.id}-count`, role: 'status', hidden: true });
        this.input.setAttribute('aria-describedby', this.count.id);
        this.sendButton = iconButton('send', 'Send', () => this.submit(), { class: 'icon-button send', disabled: true });
        const pick = iconButton('smile', 'Emoji', () => openEmojiPicker(pick, emoji => this.insert(emoji)));
        this.element = h('form', { class: 'composer', onsubmit: event => { event.preventDefault(); this.submit(); } },
            this.completion.list, this.banner, h('div', { class: 'composer-row' }, this.input, pick, this.sendButton), this.count);
        this.element.addEventListener('dragover', event => event.preventDefault());
        this.element.addEventListener('drop', event => this.#files(event, event.dataTransfer.files));
    }

    #people() {
        const room = this.model?.room;
        const seen = new Map((this.model?.messages ?? []).map(message => [message.author.id, message.author]));
        for (const [id, person] of room?.people ?? []) seen.set(id, person);
        seen.delete(this.workspace.me.id);
        return [...seen.values()];
    }

    get #draftKey() { return `${DRAFT}${this.workspace.me.id}.${this.model.id}${this.thread ? `.${this.thread}` : ''}`; }

    show(model) {
        this.#stopTyping();
        this.model = model;
        this.#setMode(null);
        this.input.placeholder = this.thread ? 'Reply in thread' : `Message ${shortened(model.room.info?.name ?? this.workspace.rooms.get(model.id)?.name ?? 'the room')}`;
        this.#set(localStorage.getItem(this.#draftKey) ?? '');
    }

    #set(text) {
        this.input.value = text;
        this.#fit();
    }

    #fit() {
        const { input } = this;
        input.style.height = 'auto';
        // Empty, it has the stylesheet's height; measured before that applies, it would be wrong.
        if (input.value) input.style.height = `${input.scrollHeight}px`;
        else input.style.height = '';
        this.#measured();
    }

    get #left() { return bytesLeft(this.input.value.trim(), this.workspace.client.welcome?.limits?.message_bytes); }

    /** Counting a text of many kilobytes at every key would be felt; near the bound it is told within a blink. */
    #measured() {
        const { input, sendButton } = this;
        sendButton.disabled = !input.value.trim() || input.getAttribute('aria-invalid') === 'true';
        clearTimeout(this.#measure);
        if (input.value.length < SHORT && this.count.hidden) return;
        this.#measure = setTimeout(() => this.#count(), MEASURE_WAITS_MS);
    }

    #count() {
        const left = this.#left;
        this.count.hidden = left === Infinity;
        fill(this.count, wordsFor(left));
        this.count.classList.toggle('problem', left < 0);
        if (left < 0) this.input.setAttribute('aria-invalid', 'true'); else this.input.removeAttribute('aria-invalid');
        this.sendButton.disabled = !this.input.value.trim() || left < 0;
    }

    #edited() {
        this.#fit();
        this.completion.update();
        if (this.#mode?.kind !== 'edit') {
            if (this.input.value) localStorage.setItem(this.#draftKey, this.input.value);
            else localStorage.removeItem(this.#draftKey);
        }
        if (this.input.value.trim()) this.#tellTyping(); else this.#stopTyping();
    }

    #tellTyping() {
        clearTimeout(this.#stopTimer);
        this.#stopTimer = setTimeout(() => this.#stopTyping(), TYPING_STOPS_MS);
        if (Date.now() - this.#typedAt < TYPING_AGAIN_MS) return;
        this.#typedAt = Date.now();
        this.model.room.typing(true);
    }

    #stopTyping({ isSent = false } = {}) {
        clearTimeout(this.#stopTimer);
        // A message that arrives ends the typing by itself.
        if (this.#typedAt && !isSent) this.model?.room.typing(false);
        this.#typedAt = 0;
    }

    insert(text) {
        this.input.focus();
        this.input.setRangeText(text, this.input.selectionStart, this.input.selectionEnd, 'end');
        this.#edited();
    }

    // Modes: plain, a reply to a message, the edit of one.

    /** A message that was refused, to be written otherwise; what was begun meanwhile stays below it. */
    rewrite({ clientId, content, replyTo }) {
        const root = this.thread ? null : this.model.byId.get(replyTo);
        this.model.room.discard(clientId);
        this.#setMode(root ? { kind: 'reply', message: root } : null);
        this.#set([content, this.input.value].filter(Boolean).join('\n'));
        this.#edited();
        this.input.focus();
    }

    reply(message) { this.#setMode({ kind: 'reply', message }); }

    edit(message) {
        this.#setMode({ kind: 'edit', message });
        this.#set(message.content);
        this.input.setSelectionRange(message.content.length, message.content.length);
    }

    #setMode(mode) {
        const wasEdit = this.#mode?.kind === 'edit';
        this.#mode = mode;
        this.banner.hidden = !mode;
        if (mode) {
            const { kind, message } = mode;
            fill(this.banner, icon(kind), h('span', { class: 'composer-banner-text' }, kind === 'edit' ? 'Editing your message' : ['Replying to ', h('bdi', null, message.author.name)],
                kind === 'reply' ? h('span', { class: 'muted', dir: 'auto' }, ` ${plainText(message.content, 80)}`) : null),
            iconButton('close', kind === 'edit' ? 'Stop editing' : 'Do not reply', () => this.#cancel()));
            this.input.focus();
        } else if (wasEdit) this.#set(localStorage.getItem(this.#draftKey) ?? '');
        this.sendButton.setAttribute('aria-label', mode?.kind === 'edit' ? 'Save' : 'Send');
    }

    #cancel() {
        this.#setMode(null);
        this.input.focus();
    }

    submit() {
        const content = this.input.value.trim();
        if (!content) return;
        this.#count();
        if (this.#left < 0) return announce('This message is too long to be sent.');
        const mode = this.#mode;
        if (mode?.kind === 'edit') {
            this.#stopTyping();
            this.#setMode(null);
            this.#saveEdit(mode.message, content);
        } else {
            try {
                this.model.room.send(content, { replyTo: this.thread ?? mode?.message.id ?? null });
            } catch (error) { return toast(error.message, { isProblem: true }); }
            localStorage.removeItem(this.#draftKey);
            this.#stopTyping({ isSent: true });
            this.#setMode(null);
            this.#set('');
        }
        this.input.focus();
    }

    async #saveEdit(message, content) {
        const { model } = this;
        if (content === message.content || await attempt(() => model.room.edit(message.id, content))) return;
        // Refused: what was typed is not lost, unless something else is being written by now.
        if (this.model !== model || this.#mode || this.input.value) return;
        this.edit(message);
        this.#set(content);
    }

    #key(event) {
        if (event.isComposing || this.completion.key(event)) return;
        if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            this.submit();
        } else if (event.key === 'Escape' && this.#mode) {
            event.preventDefault();
            event.stopPropagation();
            this.#cancel();
        } else if (event.key === 'ArrowUp' && !this.input.value && !this.#mode) {
            event.preventDefault();
            this.#editLast();
        }
    }

    #editLast() {
        const { model, thread, workspace: { me } } = this;
        const isMine = message => message?.author.id === me.id && !message.deleted && message.message_type === 'text' && (!thread || message.reply_to === thread);
        // One may wait only for the ack of the message before it, which others have seen by now.
        const isUnderWay = ({ status, retryAt }) => /^(sending|sent)$/.test(status) || (status === 'waiting' && model.room.joined && !retryAt);
        const last = model.outgoing.findLast(isUnderWay);
        if (!last) {
            const mine = model.messages.findLast(isMine);
            return mine && this.edit(mine);
        }
        // The last one is on its way: it is meant, not the one before it.
        const off = model.on('change', ({ arrived }) => {
            if (!isMine(arrived) || arrived.client_id !== last.clientId) return;
            off();
            if (!this.input.value && !this.#mode && this.model === model) this.edit(arrived);
        });
        setTimeout(off, EDIT_WAITS_MS);
    }

    // Pasting. Long text is offered as a block, text files as their text; others cannot be carried yet.

    #paste(event) {
        if (event.clipboardData.files.length) return this.#files(event, event.clipboardData.files);
        const text = event.clipboardData.getData('text/plain');
        if (text.length < LONG_PASTE && text.split('\n').length < 12) return;
        const from = this.input.selectionStart;
        setTimeout(() => toast('That is a long text.', {
            action: 'Make it a block',
            run: () => {
                if (this.input.value.slice(from, from + text.length) !== text.replaceAll('\r\n', '\n')) return;
                this.input.setRangeText(block(text), from, from + text.length, 'end');
                this.#edited();
            },
        }));
    }

    async #files(event, files) {
        event.preventDefault();
        for (const file of files) {
            const isText = /^text\/|json|xml|javascript/.test(file.type) || /\.(md|txt|csv|log|ya?ml|swift|py)$/i.test(file.name);
            if (isText && file.size <= TEXT_FILE_BYTES) this.insert(`${file.name}\n${block(await file.text())}`);
            else toast(isText ? `${file.name} is too long for a message.` : `${file.name}: this room takes text only.`, { isProblem: true });
        }
    }
}

const block = text => `\`\`\`\n${text.replaceAll('\r\n', '\n').replace(/\n$/, '')}\n\`\`\`\n`;
