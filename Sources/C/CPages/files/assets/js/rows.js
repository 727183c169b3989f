// The rows of a conversation from its messages: day dividers, the "new" line, badges, who is grouped with whom.

import { h } from './dom.js';
import { dayKey, dayName } from './format.js';
import { awardLine, messageView, outgoingView } from './message-view.js';

/** Messages of one author closer than this share one heading. */
const GROUP_MS = 5 * 60_000;

const divider = (key, look, text) => ({
    key, mark: text, build: () => h('div', { class: look, role: 'separator', 'aria-label': text }, h('span', null, text)),
});

/** `context` is that of `messageView`, with `revealed` (ids shown although their author is hidden) and `unfolded`. */
export function conversationRows({ messages, outgoing = [], awards = [], moreBefore, moreAfter, newLineSeq }, context) {
    const { workspace, revealed } = context;
    const rows = [];
    let last = null;
    let hasNewLine = newLineSeq === null;
    const continues = (author, at, replyTo) => Boolean(last) && last.author === author && at - last.at < GROUP_MS && !replyTo;
    const day = at => {
        if (last && dayKey(last.at) === dayKey(at)) return;
        rows.push(divider(`day-${dayKey(at)}`, 'day', dayName(at)));
        last = null;
    };
    // Of those that stand before the window or behind it, nothing is shown.
    const waiting = awards.filter(({ user, seq }) => user.id !== workspace.me.id && !workspace.hidden.has(user.id)
        && !(moreBefore && seq < messages[0]?.seq) && !(moreAfter && seq >= messages.at(-1)?.seq));
    const award = upTo => {
        while (waiting[0]?.seq < upTo) {
            const one = waiting.shift();
            day(one.at);
            rows.push({ key: `award-${one.user.id}-${one.achievement}`, mark: '', build: () => awardLine(one) });
            last = { author: null, at: one.at };
        }
    };
    for (const message of messages) {
        award(message.seq);
        day(message.at);
        if (!hasNewLine && message.seq > newLineSeq && message.author.id !== workspace.me.id) {
            rows.push(divider('new', 'new-line', 'New'));
            hasNewLine = true;
            last = null;
        }
        const isHidden = workspace.hidden.has(message.author.id) && !revealed.has(message.id);
        const isContinued = continues(message.author.id, message.at, context.isThread ? null : message.reply_to);
        const receipt = message.author.id === workspace.me.id ? context.model.room.receiptOf(message.seq) : null;
        const root = context.isThread ? null : context.model.byId.get(message.reply_to);
        rows.push({
            key: message.id,
            mark: `${message.revision}.${isContinued}.${isHidden}.${root?.revision ?? ''}.${receipt ?? ''}`,
            build: () => messageView(message, { ...context, isContinued, isHidden, receipt }),
        });
        last = { author: message.author.id, at: message.at };
    }
    award(Infinity);
    for (const entry of outgoing) {
        const isContinued = continues(workspace.me.id, entry.at, entry.replyTo);
        rows.push({
            key: `out-${entry.clientId}`,
            mark: `${entry.status}.${isContinued}.${entry.retryAt ?? ''}`,
            build: () => outgoingView(entry, { workspace, room: context.model.room, isContinued, on: context.on }),
        });
        last = { author: workspace.me.id, at: entry.at };
    }
    return rows;
}
