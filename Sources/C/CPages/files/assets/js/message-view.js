// One message as an element. It reads everything from what it is given and keeps no state of its own.

import { h, icon, button } from './dom.js';
import { avatar } from './avatar.js';
import { timeOf, exactTime, nameList, count, lasting } from './format.js';
import { renderText, plainText } from './markup.js';
import { idOf } from './room-model.js';

/** `context`: { workspace, model, isContinued, isHidden, on: { react, open, jump, person, reveal } } */
export function messageView(message, context) {
    const { workspace, isContinued, on } = context;
    const isMe = message.author.id === workspace.me.id;
    const isForMe = (message.mentions ?? []).some(person => idOf(person) === workspace.me.id);
    const look = ['message', isContinued && 'is-continued', isForMe && 'is-for-me', message.message_type === 'system' && 'is-system'];
    const time = h('time', { datetime: new Date(message.at).toISOString(), title: exactTime(message.at) }, timeOf(message.at));
    const body = context.isHidden ? hiddenBody(message, on) : message.deleted ? tombstone() : content(message, context);
    return h('article', {
        class: look.filter(Boolean).join(' '), tabindex: '-1', 'data-id': message.id, 'data-seq': message.seq, 'aria-label': spoken(message, context),
    },
    h('div', { class: 'gutter' }, isContinued ? time.cloneNode(true) : avatar(message.author)),
    h('div', { class: 'message-main' },
        message.reply_to && !context.isThread ? replyPreview(message, context) : null,
        isContinued ? null : h('div', { class: 'byline' },
            h('button', { type: 'button', class: 'author', onclick: event => on.person(message.author, event.currentTarget) }, h('bdi', null, message.author.name)),
            message.author.bot ? h('span', { class: 'tag' }, 'Bot') : null, isMe ? h('span', { class: 'unseen' }, '(you)') : null, time,
            message.pinned ? h('span', { class: 'pinned-mark', title: 'Pinned' }, icon('pin'), h('span', { class: 'unseen' }, 'Pinned')) : null),
        body,
        context.isHidden ? null : reactions(message, context),
        message.reply_count && !context.isThread ? h('button', { type: 'button', class: 'thread-link', onclick: () => on.open(message) },
            icon('thread'), count(message.reply_count, 'reply', 'replies')) : null));
}

function content(message, { workspace }) {
    const mentions = (message.mentions ?? []).map(person => workspace.directory.get(idOf(person)));
    const edited = message.edited_at
        ? h('span', { class: 'edited', title: `Edited ${exactTime(message.edited_at)}` }, '(edited)') : null;
    const text = renderText(message.content ?? '', { mentions, me: workspace.me.id });
    const isOnlyEmoji = /^(\p{Extended_Pictographic}|\p{Emoji_Component}|\s){1,24}$/u.test(message.content ?? '') && /\p{Extended_Pictographic}/u.test(message.content);
    return h('div', { class: isOnlyEmoji ? 'text is-emoji' : 'text', dir: 'auto' }, reference(message), text, edited);
}

/** A shared document or a highlighted passage of one. */
function reference({ document, document_id: id, highlight, message_type: type }) {
    if (!highlight && type !== 'document_share') return null;
    const name = document?.title ?? document?.name ?? document?.id ?? id ?? 'Document';
    return h('figure', { class: 'reference' },
        highlight ? h('blockquote', { dir: 'auto' }, highlight.before ? h('span', { class: 'around' }, highlight.before) : null,
            h('mark', null, highlight.text), highlight.after ? h('span', { class: 'around' }, highlight.after) : null) : null,
        h('figcaption', null, icon('copy'), name, highlight?.page ? `, page ${highlight.page}` : null));
}

const tombstone = () => h('p', { class: 'tombstone' }, 'Message deleted');

const hiddenBody = (message, on) => h('p', { class: 'tombstone' }, 'You hid this person. ', button('Show message', () => on.reveal(message), 'is-link'));

function replyPreview(message, { model, workspace, on }) {
    const root = model.byId.get(message.reply_to);
    const isHidden = root && workspace.hidden.has(root.author.id);
    const words = !root ? 'an earlier message' : root.deleted ? 'Message deleted' : isHidden ? 'Hidden' : plainText(root.content, 100);
    return h('button', { type: 'button', class: 'reply-preview', onclick: () => on.jump(message), 'aria-label': `Reply to ${root ? `${root.author.name}: ${words}` : words}. Go there` },
        icon('reply'), root ? h('bdi', { class: 'reply-name' }, root.author.name) : null, h('span', { dir: 'auto' }, words));
}

function reactions(message, { workspace, on }) {
    const all = Object.entries(message.reactions ?? {});
    if (!all.length) return null;
    return h('div', { class: 'reactions', role: 'group', 'aria-label': 'Reactions' }, all.map(([emoji, { count: n, users = [] }]) => {
        const isMine = users.map(idOf).includes(workspace.me.id);
        const names = users.map(user => idOf(user) === workspace.me.id ? 'you' : workspace.directory.name(idOf(user)));
        while (names.length < n) names.push('someone');
        const who = `${nameList(names, 8)} reacted with ${emoji}`;
        return h('button', { type: 'button', class: 'reaction', 'aria-pressed': String(isMine), title: who, 'aria-label': who, onclick: () => on.react(message, emoji, !isMine) },
            h('span', null, emoji), h('span', { class: 'number' }, String(n)));
    }), h('button', { type: 'button', class: 'reaction is-add', 'aria-label': 'Add a reaction', title: 'Add a reaction', onclick: event => on.pick(message, event.currentTarget) }, icon('smile')));
}

function spoken(message, { isHidden, workspace }) {
    const words = isHidden ? 'hidden message' : message.deleted ? 'message deleted' : plainText(message.content ?? '', 400);
    const who = message.author.id === workspace.me.id ? 'You' : message.author.name;
    return `${who}, ${timeOf(message.at)}: ${words}`;
}

/** A message of one's own that the server has not confirmed. */
export function outgoingView(entry, { workspace, room, isContinued }) {
    const refused = entry.status === 'refused';
    const isDelayed = entry.retryAt && entry.error?.retry_after_ms;
    const state = refused
        ? h('p', { class: 'problem', role: 'alert' }, `Not sent: ${entry.error?.message ?? 'refused'} `,
            button('Try again', () => room.retry(entry.clientId), 'is-link'), ' ', button('Delete', () => room.discard(entry.clientId), 'is-link'))
        : entry.status === 'sent' ? null
            : h('span', { class: 'sending' }, isDelayed ? `Slow mode: goes out in ${lasting(entry.error.retry_after_ms)}` : entry.status === 'sending' ? 'Sending…' : 'Waiting for the connection');
    return h('article', { class: `message is-outgoing is-${entry.status}${isContinued ? ' is-continued' : ''}`, tabindex: '-1', 'data-client-id': entry.clientId, 'aria-label': `You, not sent yet: ${plainText(entry.content)}` },
        h('div', { class: 'gutter' }, isContinued ? null : avatar(workspace.me)),
        h('div', { class: 'message-main' },
            isContinued ? null : h('div', { class: 'byline' }, h('span', { class: 'author' }, h('bdi', null, workspace.me.name)), h('time', null, timeOf(entry.at))),
            h('div', { class: 'text', dir: 'auto' }, renderText(entry.content)), state));
}
