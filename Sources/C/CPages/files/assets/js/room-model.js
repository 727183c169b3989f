// What is known of one room's conversation: a window of consecutive messages, what is on its way, who types.

import { Emitter } from '../../client/stoa.js';

const PAGE = 50;
/** More than this in the window and the far end is let go; it can be fetched again. */
const WINDOW = 400;
/** Badges that were announced here; nobody sends older ones again. */
const AWARDS = 50;

export const idOf = person => person?.id ?? person;

export class RoomModel extends Emitter {
    #jumps = 0;

    constructor(room, directory) {
        super();
        Object.assign(this, {
            room, directory, id: room.id, messages: [], byId: new Map(), outgoing: [], awards: [], typing: new Map(),
            moreBefore: false, moreAfter: false, isLoaded: false, isLoading: false, newLineSeq: null, error: null,
        });
        room.on('reset', ({ messages, moreBefore }) => this.#show(messages, moreBefore, false));
        room.on('event', push => this.#apply(push));
        room.on('typing', push => this.#typed(push));
        room.on('outbox', entry => this.#outgo(entry));
        room.on('receipt', () => this.#changed());
        room.on('state', () => { if (!room.joined) this.#nobodyTypes(); });
        room.on('push', push => {
            if (push.type === 'user_updated') directory.learn(push.user);
            else if (push.type === 'achievement_earned') this.#awarded(push);
        });
        room.on('presence', ({ joined }) => joined.forEach(person => directory.learn(person)));
        this.outgoing = room.outbox.map(entry => ({ ...entry }));
        if (room.joined) this.latest();
    }

    get lastSeq() { return this.messages.at(-1)?.seq ?? 0; }
    #changed(what = {}) { this.emit('change', what); }

    #show(messages, moreBefore, moreAfter) {
        this.#jumps++;
        this.isLoading = false;
        this.byId.clear();
        this.messages = messages.map(message => this.#learn(message));
        Object.assign(this, { moreBefore, moreAfter, isLoaded: true, error: null });
        this.outgoing = this.outgoing.filter(entry => entry.status !== 'sent');
        // Where the numbering began anew they have no place any more.
        this.awards = this.awards.filter(({ seq }) => seq <= this.room.seq);
        this.#changed({ isReset: true });
    }

    #learn(message) {
        const known = this.byId.get(message.id);
        const one = Object.assign(known ?? { revision: 0 }, message);
        one.revision++;
        one.reactions = { ...message.reactions ?? {} };
        this.byId.set(one.id, one);
        this.directory.learn(one.author);
        return one;
    }

    // Fetching. One page at a time; a jump elsewhere makes what is under way worthless.

    async #fetch(range, take) {
        const isJump = !range.before && !range.after;
        if (this.isLoading && !isJump) return;
        this.isLoading = true;
        this.error = null;
        const serial = isJump ? ++this.#jumps : this.#jumps;
        try {
            const page = await this.room.history({ limit: PAGE, ...range });
            if (serial === this.#jumps) take(page);
        } catch (error) {
            if (serial !== this.#jumps) return;
            this.error = error;
            this.#changed();
        } finally { if (serial === this.#jumps) this.isLoading = false; }
    }

    latest() { return this.#fetch({}, page => this.#show(page.messages, page.more_before, false)); }

    before() {
        if (!this.moreBefore) return;
        return this.#fetch({ before: this.messages[0]?.seq ?? this.room.seq + 1 }, page => {
            this.messages = [...page.messages.map(message => this.#learn(message)), ...this.messages];
            this.moreBefore = page.more_before;
            if (this.messages.length > WINDOW) {
                this.#forget(this.messages.splice(WINDOW));
                this.moreAfter = true;
            }
            this.#changed();
        });
    }

    after() {
        if (!this.moreAfter) return;
        return this.#fetch({ after: this.lastSeq }, page => {
            this.messages = [...this.messages, ...page.messages.map(message => this.#learn(message))];
            this.moreAfter = page.more_after;
            this.#trim();
            this.#changed();
        });
    }

    async around(seq) {
        if (this.messages.some(message => message.seq === seq)) return;
        await this.#fetch({ around: seq }, page => this.#show(page.messages, page.more_before, page.more_after));
    }

    #forget(messages) { for (const message of messages) this.byId.delete(message.id); }

    #trim() {
        if (this.messages.length <= WINDOW || this.isReading) return;
        this.#forget(this.messages.splice(0, this.messages.length - WINDOW));
        this.moreBefore = true;
    }

    // Live events.

    #apply(push) {
        if (push.message && !/updated|deleted|pinned/.test(push.type)) return this.#arrived(push);
        const message = this.byId.get(push.message_id ?? push.message?.id);
        if (push.type === 'message_deleted') this.emit('deleted', push);
        if (push.type === 'message_pinned') this.emit('pins', push);
        if (!message) return;
        const fields = { ...push, ...push.message };
        if (push.type === 'message_updated') {
            message.content = fields.content;
            message.mentions = fields.mentions ?? message.mentions;
            message.edited_at = fields.edited_at ?? push.at;
        } else if (push.type === 'message_deleted') {
            Object.assign(message, { deleted: true, content: '', pinned: false, reactions: {} });
        } else if (push.type === 'message_pinned') message.pinned = push.pinned;
        else if (push.type === 'reaction_updated') this.#react(message, push);
        message.revision++;
        this.#changed({ message });
    }

    /** Somebody here has earned a badge: told once, behind what was said until then. */
    #awarded({ user, achievement, name, at }) {
        this.directory.learn(user);
        if (this.awards.some(one => one.user.id === user.id && one.achievement === achievement)) return;
        const award = { user, achievement, name, at, seq: this.room.seq };
        this.awards = [...this.awards, award].slice(-AWARDS);
        this.emit('award', award);
        this.#changed();
    }

    #react(message, { emoji, user, added, count }) {
        const id = idOf(user);
        this.directory.learn(user);
        const users = (message.reactions[emoji]?.users ?? []).filter(one => one !== id);
        if (added) users.push(id);
        if (count > 0) message.reactions[emoji] = { count, users };
        else delete message.reactions[emoji];
    }

    #arrived(push) {
        const message = { seq: push.seq, at: push.at, ...push.message };
        const isKnown = this.byId.has(message.id);
        this.#stoppedTyping(message.author.id);
        this.outgoing = this.outgoing.filter(entry => entry.clientId !== message.client_id || !message.client_id);
        const root = this.byId.get(message.reply_to);
        if (root && !isKnown) {
            root.reply_count = (root.reply_count ?? 0) + 1;
            root.revision++;
        }
        this.directory.learn(message.author);
        if (!isKnown && !this.moreAfter) {
            this.messages.push(this.#learn(message));
            this.#trim();
        }
        if (!isKnown) this.emit('message', message);
        this.#changed({ arrived: isKnown ? null : message });
    }

    #stoppedTyping(id) {
        clearTimeout(this.typing.get(id)?.timer);
        if (this.typing.delete(id)) this.emit('typing');
    }

    /** Without a line nobody tells us that somebody stopped. */
    #nobodyTypes() {
        for (const id of [...this.typing.keys()]) this.#stoppedTyping(id);
    }

    #typed({ user, typing, ttl_ms: lifeMs }) {
        const id = idOf(user);
        this.directory.learn(user);
        if (!typing) return this.#stoppedTyping(id);
        clearTimeout(this.typing.get(id)?.timer);
        // The server says when it ends; should that word get lost, it ends by itself.
        const timer = setTimeout(() => this.#stoppedTyping(id), (lifeMs ?? 6_000) + 500);
        this.typing.set(id, { name: this.directory.name(id), timer });
        this.emit('typing');
    }

    #outgo(entry) {
        const at = this.outgoing.findIndex(one => one.clientId === entry.clientId);
        const isShown = entry.status !== 'discarded' && !(entry.status === 'sent' && this.room.seq >= (entry.ack?.seq ?? 0));
        if (!isShown) this.outgoing = this.outgoing.filter((_, index) => index !== at);
        else if (at < 0) this.outgoing.push({ ...entry });
        else this.outgoing[at] = { ...entry };
        this.#changed({ isOutgoing: at < 0 && isShown });
    }
}

/** Names by id, gathered from whatever passes by. */
export class Directory {
    #people = new Map();
    learn(person) { if (person?.id && person.name) this.#people.set(person.id, { ...this.#people.get(person.id), ...person }); }
    knows(id) { return this.#people.has(id); }
    get(id) { return this.#people.get(id) ?? { id, name: id }; }
    name(id) { return this.get(id).name; }
}
